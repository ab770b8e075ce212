"""A deploy in a forked process that is killed before or after the effect of one of its writes.

The fork starts warm, so that hundreds of points take a minute.  It is killed by SIGKILL, in its own words at the
moment when botocore is about to send a call that writes, or has just got the answer: nothing of ours runs after.
"""

import logging
import os
import shutil
import signal
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Any, Literal, NoReturn

from moto.iam.models import iam_backends

from jumpcf.cli.main import main
from jumpcf.local.passwords import is_right
from tests.functional.conftest import World, calls, opened

When = Literal["before", "after"]
ACCEPTED = ("--accept-deletion", "--accept-open-sessions")  # people leave in what is killed
READS = ("Get", "List", "Describe", "Head", "Detect")


class Killer(logging.Handler):
    """Counts the calls that write; kills its process at the one with this number, counted from 0."""

    def __init__(self, number: int, when: When) -> None:
        super().__init__(logging.DEBUG)
        self._number, self._when = number, when
        self._seen, self._last = 0, threading.local()
        self._counting = threading.Lock()

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg.startswith("Making request for") and isinstance(record.args, tuple):
            self._begins(record.args[0])
        elif record.msg.startswith("Response headers") and self._when == "after" and self._is_last():
            die()

    def _is_last(self) -> bool:
        return getattr(self._last, "number", None) == self._number

    def _begins(self, operation: Any) -> None:
        self._last.number = None
        if operation.name.startswith(READS):
            return
        with self._counting:
            self._last.number, self._seen = self._seen, self._seen + 1
        if self._when == "before" and self._last.number == self._number:
            die()


def die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("it lives")


def killed(folder: Path, out: Path, number: int, when: When, *arguments: str) -> int:
    """Run `jumpcf deploy` in a fork that dies there; gives its exit code, -9 where it was killed."""
    deploy = ("deploy", "--yes", "--accept-broadening", *ACCEPTED)
    return killed_in(folder, out, number, when, *deploy, *arguments)


def killed_in(folder: Path, out: Path, number: int, when: When, *arguments: str) -> int:
    """The same of any verb."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 70
    try:
        descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(descriptor, 1)
        os.dup2(descriptor, 2)
        sys.stdout = os.fdopen(1, "w", closefd=False)
        sys.stderr = os.fdopen(2, "w", closefd=False)
        killer = Killer(number, when)
        for name in ("botocore.endpoint", "botocore.parsers"):
            logger = logging.getLogger(name)
            logger.handlers[:], logger.propagate = [killer], False
            logger.setLevel(logging.DEBUG)
        code = main(["-C", str(folder), *arguments])
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


JUMP, MANAGEMENT = "111111111111", "222222222222"
SOAK = bool(os.environ.get("JUMPCF_SOAK"))

GRANTS = {
    "dev": {"organization": "corp", "ous": ["/Workloads/Dev"], "levels": ["Read"]},
    "prod": {"organization": "corp", "ous": ["/Workloads/Prod"], "levels": ["Read"]},
}


def first(world: World) -> None:
    """Two grants, one person: from nothing."""
    world.edit("partners/acme.yaml", lambda it: it.update(grants=GRANTS))


def change(world: World) -> None:
    """One grant gets more, one goes, one comes; the person who signed in leaves, and another comes."""

    def edit(it: Any) -> None:
        it["users"] = [{"name": "hanako.sato", "email": "hanako.sato@acme.example"}]
        dev = {**GRANTS["dev"], "levels": ["Read", "SSM"]}
        it["grants"] = {"dev": dev, "live": {**GRANTS["prod"], "levels": ["Power"]}}

    world.edit("partners/acme.yaml", edit)


def signed_in(world: World) -> None:
    iam = world.client("iam", JUMP)
    iam.create_access_key(UserName="taro.yamada")


def history(world: World, admins: tuple[str, ...]) -> Counter[tuple[str, ...]]:
    """What AWS did: every operation of every StackSet, every beginning of an operation on a stack."""
    found: Counter[tuple[str, ...]] = Counter()
    for account in admins:
        cloudformation = world.client("cloudformation", account)
        how = {} if account == MANAGEMENT else {"CallAs": "DELEGATED_ADMIN"}
        for one in cloudformation.list_stack_sets(**how)["Summaries"]:
            name, status = one["StackSetName"], one["Status"]
            found[name, status] += 1
            if status == "DELETED":
                continue
            for each in cloudformation.list_stack_set_operations(StackSetName=name, **how)["Summaries"]:
                found[name, each["Action"], each["Status"]] += 1
    jump = world.client("cloudformation", JUMP)
    for stack in jump.describe_stacks()["Stacks"]:
        found[stack["StackName"], f"protected {stack['EnableTerminationProtection']}"] += 1
        for event in jump.describe_stack_events(StackName=stack["StackName"])["StackEvents"]:
            if event["PhysicalResourceId"] == stack["StackId"] and event["ResourceStatus"].endswith(
                "_COMPLETE"
            ):
                found[stack["StackName"], event["ResourceStatus"]] += 1
    return found


def passwords_open(world: World) -> dict[str, bool]:
    """Each kept initial password, and whether it opens its user's door: one made a second time would not, nor one
    that was kept for a user whose password is another."""
    users = iam_backends[JUMP]["aws"].users
    pages = world.client("ssm", JUMP).get_paginator("get_parameters_by_path")
    kept = pages.paginate(Path="/jump", Recursive=True, WithDecryption=True)
    parameters = (one for page in kept for one in page["Parameters"])  # a template makes no SecureString
    opened_by = {one["Name"]: one["Value"] for one in parameters if one["Type"] == "SecureString"}
    return {name: is_right(users[name.rpartition("/")[2]], value) for name, value in opened_by.items()}


class Ground:
    """An estate before a deploy, and what an undisturbed one comes to."""

    def __init__(self, start: Path, tmp_path: Path, capture: Any, admins: tuple[str, ...]) -> None:
        self.start, self.tmp_path, self.capture, self.admins = start, tmp_path, capture, admins
        with self.world("undisturbed") as world, calls() as made:
            deploy = ("deploy", "--yes", "--accept-broadening", *ACCEPTED)
            assert main(["-q", "-C", str(world.folder), *deploy]) == 0
            self.writes = list(made.writes)
            self.wanted = history(world, admins)
            self.passwords = passwords_open(world)
            assert all(self.passwords.values())

    def world(self, name: str) -> Any:
        folder = self.tmp_path / name
        shutil.copytree(self.start, folder)
        return opened(folder, self.capture)

    def check(self, number: int, when: When) -> str:
        """Kill at this point, go on, and say what is wrong then; "" where nothing is."""
        name = f"{number}-{when}"
        with self.world(name) as world:
            code = killed(world.folder, self.tmp_path / f"{name}.txt", number, when)
            if code not in (-9, 0):
                return f"{name}: the killed deploy ended with {code}: {(self.tmp_path / f'{name}.txt').read_text()}"
            said = world.run("deploy", "--resume") if number % 2 else world.deploy(*ACCEPTED)
            if said.code == 5 and "G535" in said.err:
                said = world.deploy(*ACCEPTED)
            found, opening = history(world, self.admins), passwords_open(world)
            after = world.run("plan", "--detailed-exitcode").code if SOAK else 0
        shutil.rmtree(self.tmp_path / name)
        wrong = []
        if said.code != 0:
            wrong.append(f"ended with {said.code}: {said.err}")
        if after != 0:
            wrong.append("something is left to do")
        if opening != self.passwords:
            wrong.append(f"passwords: {opening}")
        if found != self.wanted:
            wrong.append(f"too often {dict(found - self.wanted)}, missing {dict(self.wanted - found)}")
        return f"{name} ({self.writes[number]}): {'; '.join(wrong)}" if wrong else ""


def all_points(ground: Ground) -> list[tuple[int, When]]:
    return [(number, when) for number in range(len(ground.writes)) for when in ("before", "after")]


def points(ground: Ground) -> list[tuple[int, When]]:
    """All points; at the desk of a put of ours only before it: nothing happens in AWS from its effect to the next
    write, so after it is before that one.  After the last write there is none."""
    puts = {number for number, name in enumerate(ground.writes[:-1]) if name == "PutObject"}
    every = all_points(ground)
    return (
        every
        if SOAK
        else [(number, when) for number, when in every if when == "before" or number not in puts]
    )
