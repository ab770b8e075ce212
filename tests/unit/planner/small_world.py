"""A small estate and the AWS beneath it, for the tests of plans: one organization, a tree three deep."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from fakes import FakeGateway, RecordingSubscriber

from jumpcf.artifacts.codec import content_digest
from jumpcf.artifacts.manifest import (
    JUMP,
    CompiledStack,
    Connection,
    Manifest,
    ManifestOrganization,
    Rollout,
    Target,
)
from jumpcf.artifacts.observed import Observed, ObservedAccount, ObservedOrganization, ObservedUnit
from jumpcf.artifacts.plan import Plan
from jumpcf.artifacts.status import Status
from jumpcf.executor.queue import Queue
from jumpcf.planner.diff import make_plan
from jumpcf.planner.judge import judge

REGION = "ap-northeast-1"
JUMP_ACCOUNT, MANAGEMENT, ADMIN, DELEGATE = "111111111111", "100000000000", "222222222222", "300000000000"
ROOT = "r-c0rp"


def ou(name: str) -> str:
    """An OU's id, recognisable: the last part of its path, padded."""
    return f"ou-c0rp-{name.lower():0<8}"


PATHS = {
    ROOT: ("/", None),
    ou("core"): ("/Core", ROOT),
    ou("sandbox"): ("/Sandbox", ROOT),
    ou("work"): ("/Work", ROOT),
    ou("dev"): ("/Work/Dev", ou("work")),
    ou("prod"): ("/Work/Prod", ou("work")),
    ou("pci"): ("/Work/Prod/Pci", ou("prod")),
    ou("empty"): ("/Empty", ROOT),
}
HOMES = {
    MANAGEMENT: ROOT,
    JUMP_ACCOUNT: ou("core"),
    ADMIN: ou("core"),
    DELEGATE: ou("core"),
    "401000000000": ou("sandbox"),
    "402000000000": ou("dev"),
    "403000000000": ou("dev"),
    "404000000000": ou("prod"),
    "405000000000": ou("pci"),
    "406000000000": ou("work"),
}
RINGS = Rollout(rings=((ou("sandbox"),), (ou("dev"), ou("pci"))))
"""A canary, then development and one OU of production; /Work and /Work/Prod itself are in no ring."""
PROTECTED = {
    MANAGEMENT: "management account",
    JUMP_ACCOUNT: "jump account",
    ADMIN: "admin account",
    DELEGATE: "delegated administrator",
}


def role_template(*levels: str, excluded: Iterable[str] = (JUMP_ACCOUNT, ADMIN, DELEGATE, MANAGEMENT)) -> Any:
    """What a grant compiles to, in the small: one role per level under one Condition."""
    accounts = [{"Fn::Equals": [{"Ref": "AWS::AccountId"}, account]} for account in sorted(excluded)]
    return {
        "Conditions": {"Wanted": {"Fn::Not": [{"Fn::Or": accounts}]}},
        "Resources": {
            f"Role{level}": {
                "Type": "AWS::IAM::Role",
                "Condition": "Wanted",
                "Properties": {"RoleName": f"acme-{level}", "Path": "/jump/", "MaxSessionDuration": 3600},
            }
            for level in levels
        },
    }


def stack_template(text: str = "one") -> Any:
    return {"Resources": {"Group": {"Type": "AWS::IAM::Group", "Properties": {"GroupName": text}}}}


def users(*names: object, partner: str = "acme", **more: Any) -> Any:
    """A stack of the jump account with a partner's users of these names, each under a logical id that is made
    from the name, as the compiler's are; `more` are further properties."""
    path, tags = f"/partner/{partner}/", [{"Key": "jump-partner", "Value": partner}]
    return {
        "Resources": {
            f"User{str(name).capitalize()}": {
                "Type": "AWS::IAM::User",
                "Properties": {"UserName": name, "Path": path, "Tags": tags, **more},
            }
            for name in names
        }
    }


@dataclass
class World:
    """Wanted and live together.  `grants` maps (partner, grant) to (OUs, template, excepted accounts)."""

    grants: dict[tuple[str, str], tuple[tuple[str, ...], Any, tuple[str, ...]]] = field(default_factory=dict)
    partners: dict[str, Any] = field(default_factory=lambda: {"acme": stack_template("acme")})
    base: Any = field(default_factory=lambda: stack_template("base"))
    homes: dict[str, str] = field(default_factory=lambda: dict(HOMES))
    states: dict[str, str] = field(default_factory=dict)
    broken: dict[tuple[str, str], str] = field(default_factory=dict)
    rollout: Rollout = field(default_factory=Rollout)
    aws: FakeGateway = field(init=False)

    def __post_init__(self) -> None:
        self.aws = FakeGateway(self.nothing(), {}, broken=self.broken)

    def grant(
        self,
        name: str,
        *units: str,
        template: Any = None,
        partner: str = "acme",
        excepted: tuple[str, ...] = (),
    ) -> "World":
        body = template or role_template(
            "Power", excluded=(JUMP_ACCOUNT, ADMIN, DELEGATE, MANAGEMENT, *excepted)
        )
        self.grants[partner, name] = (units, body, excepted)
        return self

    def without(self, name: str, partner: str = "acme") -> "World":
        del self.grants[partner, name]
        return self

    @property
    def manifest(self) -> Manifest:
        return Manifest(
            estate="example",
            partition="aws",
            jump=Connection(account=JUMP_ACCOUNT, region=REGION),
            bucket="jumpcf-example",
            organizations=(
                ManifestOrganization(
                    name="corp",
                    id="o-corp0example",
                    root=ROOT,
                    connection=Connection(account=ADMIN, region=REGION),
                    rollout=self.rollout,
                    protected=PROTECTED,
                ),
            ),
            stacks=(*self._jump_stacks(), *self._stack_sets()),
        )

    @property
    def bodies(self) -> dict[str, Any]:
        all_of_them = [self.base, *self.partners.values(), *(body for _, body, _ in self.grants.values())]
        return {content_digest(body): body for body in all_of_them}

    def nothing(self) -> Observed:
        """An organization in which jumpcf was never at work."""
        return Observed(
            account=JUMP_ACCOUNT,
            stacks=(),
            organizations=(
                ObservedOrganization(
                    name="corp",
                    id="o-corp0example",
                    call_as="DELEGATED_ADMIN",
                    management_account=MANAGEMENT,
                    delegated_administrators=(ADMIN, DELEGATE),
                    units=tuple(
                        ObservedUnit(id=unit, path=path, parent=parent)
                        for unit, (path, parent) in PATHS.items()
                    ),
                    accounts=tuple(
                        ObservedAccount(
                            id=account,
                            name=f"account-{account[:3]}",
                            unit=unit,
                            state=self.states.get(account, "ACTIVE"),
                        )
                        for account, unit in self.homes.items()
                    ),
                    stack_sets=(),
                ),
            ),
        )

    def plan(self, observed: Observed | None = None) -> Plan:
        return make_plan(self.manifest, observed or self.aws.observe(), self.bodies.__getitem__)

    def deploy(self) -> dict[str, Any]:
        """Plan and run on the fake, one operation after the other; gives the outcomes."""
        plan = self.plan()
        assert plan.blockers == ()
        return run_serially(plan, self.aws, self.bodies)

    def status(self, **more: Any) -> Status:
        return judge(self.manifest, self.aws.observe(), more.get("outcomes"), more.get("plan"))

    def _jump_stacks(self) -> list[CompiledStack]:
        base = self._compiled("jump-base", JUMP, self.base)
        return [
            base,
            *(
                self._compiled(f"jump-partner-{partner}", JUMP, body, needs=("jump-base",), partner=partner)
                for partner, body in sorted(self.partners.items())
            ),
        ]

    def _stack_sets(self) -> list[CompiledStack]:
        return [
            self._compiled(
                f"jump-{partner}-{grant}",
                "corp",
                body,
                partner=partner,
                grant=grant,
                target=Target(
                    ous=tuple(sorted(units)),
                    paths=tuple(PATHS[unit][0] if unit in PATHS else unit for unit in sorted(units)),
                    excepted=excepted,
                ),
            )
            for (partner, grant), (units, body, excepted) in sorted(self.grants.items())
        ]

    def _compiled(self, name: str, place: str, body: Any, **more: Any) -> CompiledStack:
        tags = {"jumpcf-estate": "example"}
        tags |= {f"jumpcf-{key}": more[key] for key in ("partner", "grant") if key in more}
        return CompiledStack(
            name=name,
            place=place,
            kind="stack" if place == JUMP else "stackset",
            module="stacks/target_roles.py",
            path=f"templates/{place}/{name}.json",
            digest=content_digest(body),
            size=100,
            capabilities=("CAPABILITY_NAMED_IAM",),
            tags=tags,
            **more,
        )


def run_serially(plan: Plan, aws: FakeGateway, bodies: Mapping[str, Any]) -> dict[str, Any]:
    """What `execute` does, without threads and journal; used where many small runs are needed."""
    aws.bodies |= bodies
    queue = Queue(plan, parallel=1, per_place=1)
    ear = RecordingSubscriber()
    while (operation := queue.startable()) is not None:
        queue.start(operation)
        outcome = aws.run(
            operation, "token", lambda progress, op=operation: ear.operation_progress(op, progress)
        )
        queue.finish(operation, outcome)
    assert not queue.waiting
    return queue.outcomes


def with_stack_set(observed: Observed, name: str, **changes: Any) -> Observed:
    """The same observation with one StackSet changed."""
    organization = observed.organizations[0]
    sets = tuple(replace(one, **changes) if one.name == name else one for one in organization.stack_sets)
    return replace(observed, organizations=(replace(organization, stack_sets=sets),))


def with_organization(observed: Observed, **changes: Any) -> Observed:
    return replace(observed, organizations=(replace(observed.organizations[0], **changes),))
