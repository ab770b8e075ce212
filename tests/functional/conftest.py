"""A whole estate on the embedded AWS, driven through the command line as a person does."""

import json
import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from jumpcf.cli.main import main
from jumpcf.estate.load import load
from jumpcf.local.session import LocalAws

ROOT = Path(__file__).parents[2]


@dataclass
class Said:
    """What a command line gave."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
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

    def run(self, *arguments: str) -> Said:
        self.capture.readouterr()
        code = main(["-C", str(self.folder), *arguments])
        out, err = self.capture.readouterr()
        return Said(code, out, err)

    def deploy(self, *arguments: str) -> Said:
        return self.run("deploy", "--yes", *arguments)

    def client(self, service: str, account: str) -> Any:
        """A client with the credentials of any account of the embedded AWS."""
        return self.aws.client(service, account)

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
        found = {}
        for role in iam.list_roles(PathPrefix="/jump/")["Roles"]:
            inline = iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]
            attached = iam.list_attached_role_policies(RoleName=role["RoleName"])["AttachedPolicies"]
            details = iam.get_role(RoleName=role["RoleName"])["Role"]
            found[role["RoleName"]] = {
                "id": role["RoleId"],
                "trust": role["AssumeRolePolicyDocument"],
                "session": details["MaxSessionDuration"],
                "boundary": details.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
                "attached": sorted(one["PolicyArn"] for one in attached),
                "inline": {
                    name: iam.get_role_policy(RoleName=role["RoleName"], PolicyName=name)["PolicyDocument"]
                    for name in inline
                },
            }
        return found


@pytest.fixture
def world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[World]:
    """The example estate, on an embedded AWS that does everything at once."""
    folder = tmp_path / "estate"
    for name in ("params", "stacks"):
        shutil.copytree(ROOT / name, folder / name)
    with LocalAws(folder, load(folder), speed=0) as aws:
        for name, value in aws.environment().items():
            monkeypatch.setenv(name, value)
        yield World(folder, aws, capsys)


@pytest.fixture
def deployed(world: World) -> World:
    """The example estate after its first deploy."""
    said = world.deploy()
    assert said.code == 0, said.err + said.out
    return world
