"""Build the wheel and use it outside the checkout: it holds jumpcf and nothing else, compiles an estate, and makes a
new one that builds and deploys at once.

Run by `make wheel`.  Prints what it did; exits non-zero where something is wrong.
"""

import shutil
import subprocess
import sys
import tempfile
import time
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        source = folder / "source"
        source.mkdir()
        for name in ("jumpcf", "stacks", "setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, source / name, symlinks=True)
            else:
                shutil.copy2(ROOT / name, source / name)
        run(sys.executable, "-m", "build", "--wheel", "--outdir", folder, source, cwd=folder)
        (wheel,) = folder.glob("*.whl")
        names = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
        tops = {name for name in names if not name.endswith(".dist-info")}
        assert tops == {"jumpcf"}, f"the wheel's top level holds {sorted(tops)}"
        brings_the_skeleton(wheel)
        # The dependencies of this environment, the package of the wheel.
        venv.create(folder / "venv", with_pip=False)
        site = next((folder / "venv" / "lib").glob("python*/site-packages"))
        zipfile.ZipFile(wheel).extractall(site)
        here = [path for path in sys.path if path.endswith("site-packages")]
        (site / "dependencies.pth").write_text("".join(f"{path}\n" for path in here))
        estate = folder / "estate"
        for name in ("params", "stacks"):
            shutil.copytree(ROOT / name, estate / name)
        for path in (estate / "params" / "partners").iterdir():  # no kit is made after a contract's end
            path.write_bytes(path.read_bytes().replace(b"until: 202", b"until: 209"))
        python = folder / "venv" / "bin" / "python"
        where = run(python, "-c", "import jumpcf; print(jumpcf.__file__)", cwd=estate)
        assert str(folder) in where, f"the installed wheel was not used: {where}"
        run(python, "-m", "jumpcf", "build", "--no-lint", cwd=estate)
        assert (estate / "build" / "manifest.json").exists()
        run(python, "-m", "jumpcf", "partner", "kit", "acme", cwd=estate)  # its templates are package data
        assert (estate / "build" / "kits" / "acme.zip").exists()
        starts_an_estate(python, folder)
        print(
            f"{wheel.name}: only jumpcf in it; outside the checkout it compiles the example estate, and makes "
            "a new one that builds and deploys"
        )


def brings_the_skeleton(wheel: Path) -> None:
    """Every file that a new estate gets, the stack modules among them, as it is in the checkout."""
    masters = {
        f"jumpcf/skeleton/{path.removeprefix('./')}": (ROOT / "jumpcf" / "skeleton" / path).read_bytes()
        for path in run("find", "-L", ".", "-type", "f", cwd=ROOT / "jumpcf" / "skeleton").split()
        if "__pycache__" not in path
    }
    with zipfile.ZipFile(wheel) as archive:
        held = {
            name: archive.read(name) for name in archive.namelist() if name.startswith("jumpcf/skeleton/")
        }
    assert held == masters, f"the wheel's skeleton differs: {sorted(held.keys() ^ masters.keys())}"


def starts_an_estate(python: Path, folder: Path) -> None:
    """From an empty folder with the wheel alone: init, sync, build, bootstrap, plan, deploy, a clean doctor."""
    began = time.monotonic()
    estate = folder / "new"

    def jumpcf(*words: str) -> str:
        return run(python, "-m", "jumpcf", *words, cwd=estate if estate.exists() else folder)

    orgs = ("--org", "corp:o-corp000000:222222222222", "--org", "lab:o-lab0000000:333333333333")
    jumpcf("init", "new", "--yes", *orgs)
    assert ", 3 linted" in jumpcf("build")
    assert "1 user of 1 partner reaches 1 of " in jumpcf("access", "matrix")
    jumpcf("access", "test")
    assert "as AWS says" in jumpcf("sync", "--local", "--check")
    made = jumpcf("bootstrap", "--local", "--yes", "--repository", "example-corp/jump-estate")
    assert "Bootstrapped." in made
    assert "Nothing to do." in jumpcf("bootstrap", "--local", "--yes")
    assert "Plan digest:" in jumpcf("plan", "--local")
    assert "Everything is as wanted" in jumpcf("deploy", "--local", "--yes", "--accept-broadening")
    assert "No changes." in jumpcf("plan", "--local")
    assert "0 errors, 0 warnings" in jumpcf("doctor", "--local")
    print(f"from an empty folder to a clean doctor: {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
