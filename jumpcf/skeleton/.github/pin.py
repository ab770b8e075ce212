"""Print a package and everything that it needs as lines for `pip install --require-hashes`.

Run it on Linux with the Python of the workflows, because some wheels are made for one system and one Python:

    python .github/pin.py jumpcf==VERSION > .github/jumpcf.txt
"""

import json
import subprocess
import sys

HEAD = """\
# The one version of jumpcf that the workflows run, and everything that it needs, each by its hash.
# Made by:  python .github/pin.py {wanted}
"""
PIP = "install --dry-run --ignore-installed --only-binary :all: --quiet --report -"


def lines(report):
    """pip's installation report as pinned requirements, by name; every one must have its SHA-256."""
    found = []
    for one in report["install"]:
        name, version = one["metadata"]["name"], one["metadata"]["version"]
        found.append(
            f"{name}=={version} --hash=sha256:{one['download_info']['archive_info']['hashes']['sha256']}"
        )
    return sorted(found, key=str.lower)


def main(wanted):
    done = subprocess.run(
        [sys.executable, "-m", "pip", *PIP.split(), *wanted], stdout=subprocess.PIPE, check=True
    )
    print(HEAD.format(wanted=" ".join(wanted)), end="")
    print("\n".join(lines(json.loads(done.stdout))))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1:])
