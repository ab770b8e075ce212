"""What may be loaded before a verb is chosen: a fresh process each, against an allow-list."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from jumpcf.cli.main import VERBS

ROOT = Path(__file__).parents[2]
ALLOWED = {"click", "jumpcf", "orjson"}  # beside the standard library
BY_THE_ENVIRONMENT = {"_distutils_hack", "coverage"}  # loaded by the interpreter's site, not by us
OURS = {
    "jumpcf",
    "jumpcf.cli",
    "jumpcf.cli.completing",
    "jumpcf.cli.console",
    "jumpcf.cli.lazy",
    "jumpcf.cli.main",
    "jumpcf.errors",
    "jumpcf.pipeline",
    "jumpcf.pipeline.folders",
}


def foreign(modules: set[str]) -> set[str]:
    """Packages among the modules that are neither the standard library's nor allowed."""
    tops = {name.split(".")[0] for name in modules if not name.startswith(("__editable__", "_virtualenv"))}
    return tops - set(sys.stdlib_module_names) - ALLOWED - BY_THE_ENVIRONMENT - {"__main__"}


def loaded(arguments: str, **environment: str) -> set[str]:
    """The modules in a fresh interpreter after `jumpcf <arguments>`."""
    code = (
        "import sys; from jumpcf.cli.main import main\n"
        f"code = main({arguments.split()!r})\n"
        "print('LOADED', *sorted(sys.modules)); sys.exit(code)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, **environment},
        check=True,
    )
    return set(run.stdout.split("LOADED ", 1)[1].split())


@pytest.mark.parametrize("arguments", ["--help", "-h", "--version", ""])
def test_help_and_version_load_only_the_command_line(arguments: str) -> None:
    modules = loaded(arguments)
    assert {name for name in modules if name.split(".")[0] == "jumpcf"} == OURS
    assert foreign(modules) == set()


@pytest.mark.parametrize(
    ("words", "name"), [("jumpcf deploy --org ", "corp"), ("jumpcf partner kit ac", "acme")]
)
def test_completion_of_verbs_and_names_loads_nothing_heavy(words: str, name: str) -> None:
    environment = {
        "_JUMPCF_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": "3",
    }
    code = (
        "import sys\nfrom jumpcf.cli.main import main\n"
        "try: main([])\nexcept SystemExit: pass\n"
        "print('LOADED', *sorted(sys.modules))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, **environment},
        check=True,
    )
    told, modules = run.stdout.split("LOADED ", 1)
    assert name in told
    assert foreign(set(modules.split())) == set()


def test_a_verbs_help_loads_nothing_heavy() -> None:
    for verb in (*VERBS, "local fault", "local fault account"):
        modules = loaded(f"{verb} --help")
        assert foreign(modules) == set(), verb


def test_the_parameter_store_leaves_ec2_out_and_where_it_was() -> None:
    """moto's SSM imports all of EC2, a third of a second of every `--local`; a script's own import is moto's."""
    code = (
        "import sys; from jumpcf.local import parameter_store\n"
        "store = parameter_store.backends()['111111111111']['us-east-1']\n"
        "parameter_store.put(store, '/one', 'value', 1)\n"
        "assert store.get_parameter('/one').value == 'value'\n"
        "print([name for name in sys.modules if name.startswith('moto.ec2')])\n"
        "from moto.ec2 import ec2_backends; print(type(ec2_backends).__name__)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert run.stdout.splitlines() == ["[]", "BackendDict"]
