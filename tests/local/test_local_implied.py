"""Whatever happens to accounts and StackSets, the roles are those that the StackSets' definitions imply.

A random walk by hypothesis: StackSets are made, filled, updated, emptied, deleted; accounts are created, moved,
closed, removed; accounts fail, roles are changed and deleted by hand, time passes.  Beside it an oracle that
knows nothing of the embedded AWS keeps what was asked for: per StackSet its targets and the version of its
template, and where each account is.  Once things have settled, the roles are the implied ones, except where an
account was made to fail or was meddled with; after a repair, as an operator would do it, there is no exception.

Short in the unit suite; JUMPCF_SOAK=<number of walks>, or `make soak`, makes it long.
"""

import os
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from moto.iam.models import iam_backends
from moto.moto_api._internal import mock_random

from jumpcf.local.session import LocalAws
from tests.local.conformance.ground import FAST, Clock
from tests.local.support import (
    ADMIN,
    CORP,
    DEV,
    EMPTY,
    ROOT,
    SANDBOX,
    SUSPENDED,
    WORKLOADS,
    StackSets,
    make_corp,
    make_estate,
    make_other,
    role_template,
)

WALKS = int(os.environ.get("JUMPCF_SOAK") or 0)  # read before the fixtures empty the environment
PARENTS = {ROOT: None, WORKLOADS: ROOT, DEV: WORKLOADS, EMPTY: DEV, SANDBOX: ROOT}
UNITS = st.sampled_from(sorted(PARENTS))
NAMES = st.sampled_from(["alpha", "beta"])


def ancestors(unit: str | None) -> set[str]:
    """The unit and everything above it."""
    found: set[str] = set()
    while unit is not None:
        found.add(unit)
        unit = PARENTS[unit]
    return found


@dataclass
class Definition:
    """What was asked of a StackSet: its targets, an antichain, and which version of its template."""

    targets: set[str] = field(default_factory=set)
    version: int = 0


@dataclass
class Oracle:
    """What the definitions imply.  `doubt` are the (StackSet, account) that may lag behind until a repair."""

    accounts: dict[str, str]
    sets: dict[str, Definition] = field(default_factory=dict)
    frozen: set[str] = field(default_factory=set)
    doubt: set[tuple[str, str]] = field(default_factory=set)

    def roles(self, account: str) -> dict[str, int]:
        """Name to version of the roles that an account has to have."""
        above = ancestors(self.accounts.get(account))
        return {name: one.version for name, one in self.sets.items() if one.targets & above}


class Walk(RuleBasedStateMachine):
    """One estate, from its beginning to its repair."""

    @initialize(
        speed=st.sampled_from([0.0, 3.0]), delay=st.sampled_from([0.0, 30.0]), lag=st.sampled_from([0.0, 4.0])
    )
    def open(self, speed: float, delay: float, lag: float) -> None:
        mock_random.seed(0)  # moto's account ids: the same walk goes the same way
        corp = make_corp()
        self.closing = ExitStack()
        folder = Path(self.closing.enter_context(tempfile.TemporaryDirectory()))
        self.clock = Clock()
        self.joined = 0
        self.aws = self.closing.enter_context(
            LocalAws(
                folder,
                make_estate(corp, make_other()),
                speed=speed,
                delay=delay,
                lag=lag,
                clock=self.clock,
                save_every=0,
            )
        )
        self.sets = StackSets(self.aws.client("cloudformation", CORP))
        self.organizations = self.aws.client("organizations", CORP)
        self.oracle = Oracle(
            {one.id: one.unit for one in corp.accounts if one.id != CORP}, frozen={SUSPENDED}
        )
        self.meddled: set[tuple[str, str]] = set()
        for name, unit in (("alpha", DEV), ("beta", SANDBOX)):  # a walk that begins with nothing finds little
            self.create(name)
            self.fill(name, unit)

    def pick(self, number: int) -> str:
        """An account that is in the organization and not suspended."""
        free = sorted(self.oracle.accounts.keys() - self.oracle.frozen)
        return free[number % len(free)]

    def body(self, name: str) -> str:
        return role_template(name, MaxSessionDuration=3600 + 60 * self.oracle.sets[name].version)

    @rule(name=NAMES)
    def create(self, name: str) -> None:
        if name in self.oracle.sets:
            return
        self.oracle.sets[name] = Definition()
        self.sets.create(name, self.body(name), ManagedExecution={"Active": True})

    @rule(name=NAMES, unit=UNITS)
    def fill(self, name: str, unit: str) -> None:
        """A target that lies above or below another one says nothing certain on AWS: left out."""
        if name not in self.oracle.sets:
            return
        targets = self.oracle.sets[name].targets
        others = targets - {unit}
        if any(unit in ancestors(other) or other in ancestors(unit) for other in others):
            return
        targets.add(unit)
        self.sets.add(name, unit, OperationPreferences=FAST)

    @rule(name=NAMES, number=st.integers(0, 4))
    def empty(self, name: str, number: int) -> None:
        if name not in self.oracle.sets or not self.oracle.sets[name].targets:
            return
        targets = sorted(self.oracle.sets[name].targets)
        unit = targets[number % len(targets)]
        self.oracle.sets[name].targets.remove(unit)
        self.sets.remove(name, unit, OperationPreferences=FAST)

    @rule(name=NAMES)
    def update(self, name: str) -> None:
        if name not in self.oracle.sets:
            return
        self.oracle.sets[name].version += 1
        self.sets.update(name, self.body(name), OperationPreferences=FAST)

    @rule(name=NAMES)
    def delete(self, name: str) -> None:
        if name not in self.oracle.sets or self.oracle.sets[name].targets:
            return
        self.settle()
        if self.sets.instances(name):  # a suspended or failed one
            return
        self.sets.client.delete_stack_set(StackSetName=name)
        del self.oracle.sets[name]

    @rule(number=st.integers(0, 20), unit=UNITS)
    def move(self, number: int, unit: str) -> None:
        account = self.pick(number)
        source = self.oracle.accounts[account]
        if source == unit:
            return
        self.organizations.move_account(AccountId=account, SourceParentId=source, DestinationParentId=unit)
        self.oracle.accounts[account] = unit

    @rule(unit=UNITS)
    def join(self, unit: str) -> None:
        if len(self.oracle.accounts) >= 12:
            return
        self.joined += 1
        email = f"new{self.joined}@local.example"  # addresses are unique in AWS
        made = self.organizations.create_account(AccountName="new", Email=email)
        account = made["CreateAccountStatus"]["AccountId"]
        if unit != ROOT:
            self.organizations.move_account(AccountId=account, SourceParentId=ROOT, DestinationParentId=unit)
        self.oracle.accounts[account] = unit

    @rule(number=st.integers(0, 20))
    def leave(self, number: int) -> None:
        account = self.pick(number)
        if account == ADMIN or len(self.oracle.accounts) <= 5:
            return
        self.organizations.remove_account_from_organization(AccountId=account)
        del self.oracle.accounts[account]

    @rule(number=st.integers(0, 20))
    def close(self, number: int) -> None:
        account = self.pick(number)
        if account == ADMIN or len(self.oracle.frozen) >= 3:
            return
        self.organizations.close_account(AccountId=account)
        self.oracle.frozen.add(account)

    @rule(name=NAMES, number=st.integers(0, 20), times=st.integers(1, 3))
    def fail(self, name: str, number: int, times: int) -> None:
        account = self.pick(number)
        self.aws.fail(account=account, stackset=name, times=times)
        self.oracle.doubt.add((name, account))

    @rule(name=NAMES, number=st.integers(0, 20), gone=st.booleans())
    def meddle(self, name: str, number: int, gone: bool) -> None:
        """Somebody changes or deletes a role by hand."""
        account = self.pick(number)
        if name not in self.have(account):
            return
        iam = self.aws.client("iam", account)
        if gone:
            iam.delete_role(RoleName=name)
            self.meddled.add((name, account))
        else:
            iam.update_role(RoleName=name, MaxSessionDuration=43200)
        self.oracle.doubt.add((name, account))

    @rule(seconds=st.integers(1, 60))
    def wait(self, seconds: int) -> None:
        self.clock.now += seconds

    @rule()
    def look(self) -> None:
        """Settled, every account without a doubt has the implied roles, and no account has others."""
        self.settle()
        for account in self.oracle.accounts.keys() - self.oracle.frozen:
            have, want = self.have(account), self.oracle.roles(account)
            for name in {*have, *want}:
                if (name, account) not in self.oracle.doubt:
                    assert have.get(name) == want.get(name), (account, name, have, want)

    @rule()
    def repair(self) -> None:
        """What an operator does: free what is inoperable, drop what was deleted by hand, fill, update."""
        self.settle()
        self.aws.world.faults.clear()
        for name, one in self.oracle.sets.items():
            self.free(name)
            for unit in sorted(one.targets):
                self.sets.add(name, unit, OperationPreferences=FAST)
            one.version += 1
            self.sets.update(name, self.body(name), OperationPreferences=FAST)
        self.settle()
        self.oracle.doubt.clear()
        self.meddled.clear()
        self.look()

    def free(self, name: str) -> None:
        for account, row in self.sets.instances(name).items():
            inoperable = row["Status"] == "INOPERABLE"
            if account in self.oracle.frozen or not (inoperable or (name, account) in self.meddled):
                continue
            targets = {"Accounts": [account], "AccountFilterType": "INTERSECTION"}
            unit = row["OrganizationalUnitId"]
            self.sets.remove(name, unit, retain=inoperable, targets=targets, OperationPreferences=FAST)
            self.settle()
            if inoperable and "StackId" in row:
                self.aws.client("cloudformation", account).delete_stack(StackName=row["StackId"])
        self.settle()

    def settle(self) -> None:
        """Let an hour pass, and ask something, so that it is caught up."""
        self.clock.now += 3600
        self.organizations.describe_organization()

    def have(self, account: str) -> dict[str, int]:
        """Name to version of the roles that an account has."""
        return {
            role.name: (int(role.max_session_duration or 0) - 3600) // 60
            for role in iam_backends[account]["aws"].roles.values()
            if role.path == "/jump/"
        }

    def teardown(self) -> None:
        if not hasattr(self, "closing"):
            return
        with self.closing:
            self.repair()
            kept = self.oracle.accounts.keys() - self.oracle.frozen
            assert {account: self.have(account) for account in kept} == {
                account: self.oracle.roles(account) for account in kept
            }


Walk.TestCase.settings = settings(
    max_examples=WALKS or 8,
    stateful_step_count=60 if WALKS else 25,
    deadline=None,
    derandomize=not WALKS,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking a walk takes many minutes
)
TestWhatTheDefinitionsImply = Walk.TestCase
