"""A whole estate on the embedded AWS, driven through the command line as a person does."""

import fcntl
import json
import logging
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from moto.iam.models import iam_backends

from jumpcf.cli.main import VERBS, main
from jumpcf.estate.load import load
from jumpcf.local.session import LocalAws
from tests.conftest import standard_input
from tests.functional import recording

if TYPE_CHECKING:
    from tests.functional import nights

ROOT = Path(__file__).parents[2]


@dataclass
class Said:
    """What a command line gave."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.out, f"{self.code}: {self.err}"
        return json.loads(self.out)


class CallLog(logging.Handler):
    """Every API call that botocore makes in this process, by name."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.names: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg.startswith("Making request for") and isinstance(record.args, tuple):
            self.names.append(record.args[0].name)  # type: ignore[attr-defined]

    @property
    def writes(self) -> list[str]:
        return [name for name in self.names if not name.startswith(("Get", "List", "Describe", "Head"))]


@contextmanager
def calls() -> Iterator[CallLog]:
    """Record the API calls within."""
    log, logger = CallLog(), logging.getLogger("botocore.endpoint")
    before = logger.level
    logger.addHandler(log)
    logger.setLevel(logging.DEBUG)
    try:
        yield log
    finally:
        logger.removeHandler(log)
        logger.setLevel(before)


@dataclass
class World:
    """An estate's folder, the embedded AWS behind it, and the command line."""

    folder: Path
    aws: LocalAws
    capture: Any
    clients: dict[tuple[str, str], Any] = field(default_factory=dict)

    def run(self, *arguments: str, typed: str = "") -> Said:
        """A command without a terminal; `typed` is its standard input."""
        self.capture.readouterr()
        before = self.aws.calls.copy()
        with standard_input(typed):
            code = main(["-C", str(self.folder), *arguments])
        out, err = self.capture.readouterr()
        recording.check(recording.verb_of(arguments, VERBS), self.aws.calls - before, self.aws.estate)
        return Said(code, out, err)

    def deploy(self, *arguments: str) -> Said:
        return self.run("deploy", "--yes", "--accept-broadening", *arguments)

    def client(self, service: str, account: str) -> Any:
        """A client with the credentials of any account of the embedded AWS."""
        if (service, account) not in self.clients:
            self.clients[service, account] = self.aws.client(service, account)
        return self.clients[service, account]

    def edit(self, file: str, change: Callable[[Any], Any]) -> None:
        """Change one file of params/: `change` gets its content and may give another."""
        path = self.folder / "params" / file
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        content = change(content) or content
        path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")

    def roles(self) -> dict[str, dict[str, dict[str, Any]]]:
        """Every role under /jump/ in every account: account → role name → what it is."""
        estate = load(self.folder)
        accounts = {one.id for org in estate.organizations.values() for one in org.accounts}
        return {account: self.roles_in(account) for account in sorted(accounts)}

    def roles_in(self, account: str) -> dict[str, dict[str, Any]]:
        iam = self.client("iam", account)
        details = iam.get_account_authorization_details(Filter=["Role"])["RoleDetailList"]
        return {
            role["RoleName"]: {
                "id": role["RoleId"],
                "trust": role["AssumeRolePolicyDocument"],
                "session": iam.get_role(RoleName=role["RoleName"])["Role"]["MaxSessionDuration"],
                "boundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
                "attached": sorted(one["PolicyArn"] for one in role["AttachedManagedPolicies"]),
                "inline": {one["PolicyName"]: one["PolicyDocument"] for one in role["RolePolicyList"]},
            }
            for role in details
            if role["Path"].startswith("/jump/")
        }


def fifteen_days_older(name: str) -> None:
    """A user of the example's jump account, and his password with him."""
    user = iam_backends["111111111111"]["aws"].users[name]
    user.create_date -= timedelta(days=15)
    vars(user)["login_created"] -= timedelta(days=15)


@contextmanager
def environment(values: dict[str, str]) -> Iterator[None]:
    """os.environ with these values, and back again."""
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def opened(folder: Path, capture: Any, **how: Any) -> Iterator[World]:
    """The estate in `folder` on its embedded AWS, which does everything at once and writes its state at the end;
    `how` as LocalAws has it."""
    with (
        LocalAws(folder, load(folder), speed=0, save_every=3600, **how) as aws,
        environment(aws.environment()),
    ):
        yield World(folder, aws, capture)


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that the first process of a run makes and the others wait for."""
    base = factory.getbasetemp()
    run = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, unfinished = run / name, run / f"{name}.unfinished"
    with (run / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            shutil.rmtree(unfinished, ignore_errors=True)  # of a process that failed at it
            make(unfinished)
            unfinished.rename(folder)
    return folder


@pytest.fixture(scope="session")
def built_estate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example estate, compiled and linted once; copies of it start warm."""

    def make(folder: Path) -> None:
        for name in ("params", "stacks"):
            shutil.copytree(ROOT / name, folder / name)
        assert main(["-q", "-C", str(folder), "build"]) == 0

    return once(tmp_path_factory, "built", make)


def lasting(params: Path) -> None:
    """The example's contracts seventy years longer, for tests by the real clock: 2028-03-31 becomes 2098-03-31."""
    for path in (params / "partners").iterdir():
        path.write_bytes(path.read_bytes().replace(b"until: 202", b"until: 209"))


@pytest.fixture(scope="session")
def deployed_estate(built_estate: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example estate after its first deploy, with the embedded AWS's state as a file."""

    def make(folder: Path) -> None:
        shutil.copytree(built_estate, folder)
        with opened(folder, None):
            assert main(["-q", "-C", str(folder), "deploy", "--yes", "--accept-broadening"]) == 0

    return once(tmp_path_factory, "deployed", make)


@pytest.fixture(scope="session")
def lasting_estate(deployed_estate: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with contracts that end in nobody's lifetime of a test."""

    def make(folder: Path) -> None:
        shutil.copytree(deployed_estate, folder)
        lasting(folder / "params")
        with opened(folder, None):
            assert main(["-q", "-C", str(folder), "deploy", "--yes", "--accept-broadening"]) == 0

    return once(tmp_path_factory, "lasting", make)


@pytest.fixture
def world(built_estate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[World]:
    """The example estate before its first deploy."""
    shutil.copytree(built_estate, tmp_path / "estate")
    with opened(tmp_path / "estate", capsys) as opened_world:
        yield opened_world


@pytest.fixture
def deployed(deployed_estate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[World]:
    """The example estate after its first deploy."""
    shutil.copytree(deployed_estate, tmp_path / "estate")
    with opened(tmp_path / "estate", capsys) as opened_world:
        yield opened_world


@pytest.fixture
def lasting_world(
    lasting_estate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Iterator[World]:
    """The same by the real clock, in any year."""
    shutil.copytree(lasting_estate, tmp_path / "estate")
    with opened(tmp_path / "estate", capsys) as opened_world:
        yield opened_world


@pytest.fixture
def night(
    deployed_estate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> "Iterator[nights.Night]":
    """The example estate after its first deploy, under enforcement, by a clock that stands still."""
    from tests.functional import nights  # whose Night is a World of this module

    with nights.opened_night(shutil.copytree(deployed_estate, tmp_path / "estate"), capsys) as opened_world:
        yield opened_world
