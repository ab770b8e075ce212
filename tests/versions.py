"""Does jumpcf work with the lowest versions that setup.cfg allows, and with the newest?  In a virtual environment of
its own, made by the Python that runs this.

`make lowest` and `make newest`.  What is not in setup.cfg is as pip resolves it.  What runs is fast and touches every
dependency: a build with cfn-lint, a deploy to the embedded AWS, a partner's kit, and the unit tests of the estate,
the compiler, IAM, policies and the command line.  Needs nothing but the standard library.
"""

import configparser
import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
TESTS = ("estate", "compiler", "iam", "policy", "cli")
BESIDE = ("pytest", "pytest-xdist", "hypothesis")


def requirements(text: str) -> list[str]:
    """What setup.cfg requires at run time, with the extra `local`."""
    parser = configparser.ConfigParser()
    parser.read_string(text)
    listed = parser["options"]["install_requires"], parser["options.extras_require"]["local"]
    lines = [line.strip() for part in listed for line in part.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def lowest(requirement: str) -> str:
    """The least version that a requirement allows, as a requirement of exactly it."""
    found = re.match(r"([\w.-]+)>=([\w.]+)(,<[\w.]+)?$", requirement)
    assert found, f"{requirement} has no lower bound of the form name>=version"
    return f"{found[1]}=={found[2]}"


def run(*command: str | Path) -> None:
    print("+", *command, flush=True)
    words, given = [str(part) for part in command], {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, cwd=ROOT, env=given, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def main(which: str) -> None:
    wanted = requirements((ROOT / "setup.cfg").read_text(encoding="utf-8"))
    versions = [lowest(one) for one in wanted] if which == "lowest" else wanted
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        venv.create(folder / "venv", with_pip=True)
        python = folder / "venv" / "bin" / "python"
        run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *versions, *BESIDE)
        for name in ("params", "stacks"):
            shutil.copytree(ROOT / name, folder / "estate" / name)
        for path in (
            folder / "estate" / "params" / "partners"
        ).iterdir():  # no kit is made after a contract's end
            path.write_bytes(path.read_bytes().replace(b"until: 202", b"until: 209"))
        jumpcf = (python, "-m", "jumpcf", "-q", "-C", folder / "estate")
        run(*jumpcf, "build")
        run(*jumpcf, "deploy", "--local", "--yes", "--accept-broadening")
        run(*jumpcf, "partner", "kit", "acme")
        folders = (f"tests/unit/{one}" for one in TESTS)
        run(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "2", "--dist", "loadfile", *folders)


if __name__ == "__main__":
    main(sys.argv[1])
