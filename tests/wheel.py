"""Build the wheel and use it outside the checkout: it holds jumpcf and nothing else, and compiles an estate.

Run by `make wheel`.  Prints what it did; exits non-zero where something is wrong.
"""

import shutil
import subprocess
import sys
import tempfile
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
        for name in ("jumpcf", "setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
            copy(ROOT / name, source / name)
        run(sys.executable, "-m", "build", "--wheel", "--outdir", folder, source, cwd=folder)
        (wheel,) = folder.glob("*.whl")
        names = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
        tops = {name for name in names if not name.endswith(".dist-info")}
        assert tops == {"jumpcf"}, f"the wheel's top level holds {sorted(tops)}"
        # The dependencies of this environment, the package of the wheel.
        venv.create(folder / "venv", with_pip=False)
        site = next((folder / "venv" / "lib").glob("python*/site-packages"))
        zipfile.ZipFile(wheel).extractall(site)
        here = Path(next(path for path in sys.path if path.endswith("site-packages")))
        (site / "dependencies.pth").write_text(f"{here}\n")
        estate = folder / "estate"
        for name in ("params", "stacks"):
            shutil.copytree(ROOT / name, estate / name)
        python = folder / "venv" / "bin" / "python"
        where = run(python, "-c", "import jumpcf; print(jumpcf.__file__)", cwd=estate)
        assert str(folder) in where, f"the installed wheel was not used: {where}"
        run(python, "-m", "jumpcf", "build", "--no-lint", cwd=estate)
        assert (estate / "build" / "manifest.json").exists()
        run(python, "-m", "jumpcf", "partner", "kit", "acme", cwd=estate)  # its templates are package data
        assert (estate / "build" / "kits" / "acme.zip").exists()
        print(f"{wheel.name}: only jumpcf in it, and it compiles the example estate outside the checkout")


if __name__ == "__main__":
    main()
