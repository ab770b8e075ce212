"""Each cause brings its one finding, and nothing else; the page of findings is made from their table."""

from dataclasses import replace
from pathlib import Path

import pytest

from jumpcf.artifacts.bootstrap import PipelineStack, Standing
from jumpcf.artifacts.checkup import Facts, Package, Seen
from jumpcf.artifacts.lock import LockFile
from jumpcf.artifacts.manifest import Connection, Manifest, QuotaUse
from jumpcf.artifacts.observed import (
    Observed,
    ObservedInstance,
    ObservedOrganization,
    ObservedStack,
    ObservedStackSet,
)
from jumpcf.planner.doctor import ASSUMPTIONS, CHECKS, examine
from jumpcf.planner.findings import KINDS

ROOT = Path(__file__).parents[3]
ADMIN, MANAGEMENT = "222222222222", "333333333333"
OURS = {"jumpcf-estate": "example", "jumpcf-partner": "acme", "jumpcf-grant": "dev"}

INSTANCE = ObservedInstance(
    account="444444444444",
    region="eu-west-1",
    unit="ou-ab12-11111111",
    status="CURRENT",
    detailed="SUCCEEDED",
    reason="",
    last_operation=None,
)
STACK_SET = ObservedStackSet(
    name="jump-acme-dev",
    template="0" * 64,
    tags=OURS,
    capabilities=(),
    auto_deployment=True,
    retain_on_removal=False,
    managed_execution=True,
    permission_model="SERVICE_MANAGED",
    units=("ou-ab12-11111111",),
    instances=(INSTANCE,),
    running=None,
)
CORP = ObservedOrganization(
    name="corp",
    id="o-corp0example",
    call_as="DELEGATED_ADMIN",
    management_account=MANAGEMENT,
    delegated_administrators=(ADMIN,),
    units=(),
    accounts=(),
    stack_sets=(),
)
BASE = ObservedStack(
    name="jump-base", id="arn", status="UPDATE_COMPLETE", template="0" * 64, tags={"jumpcf-estate": "example"}
)
STANDING = Standing(
    organization="corp", management_account=MANAGEMENT, admin_account=ADMIN, trusted=True, delegated=True
)
QUOTA = QuotaUse(quota="managed_policy_size", where="jump/jump-base Freeze", used=100, limit=6144)
MANIFEST = Manifest(
    estate="example",
    partition="aws",
    jump=Connection(account="111111111111", region="eu-west-1"),
    bucket="jumpcf-example",
    organizations=(),
    stacks=(),
    quotas=(QUOTA,),
)
PIPELINE = PipelineStack(
    place="jump", name="jump-pipeline", account="111111111111", template="0" * 64, state="current"
)
WELL = Facts(
    places=(Seen(name="jump", ahead=0.4), Seen(name="corp", ahead=-0.6)),
    standings=(STANDING,),
    manifest=MANIFEST,
    observed=Observed(account="111111111111", stacks=(BASE,), organizations=(CORP,)),
    locks=(LockFile(file="params/lock/corp.json", place="corp", state="same"),),
    pipeline=(PIPELINE,),
    switches={"defaults.role_session_name": "optional", "defaults.fence": "self-service", "pipeline": ""},
    packages=(Package(name="boto3", found="1.42.0", wanted=">=1.42,<2", fits=True),),
    schemas={"build/manifest.json": (1, 1)},
)


def organization(**more):
    """The facts with corp's StackSet changed, which the manifest wants."""
    from jumpcf.artifacts.manifest import CompiledStack

    wanted = CompiledStack(
        name="jump-acme-dev",
        place="corp",
        kind="stackset",
        module="stacks/target_roles.py",
        path="x",
        digest="0" * 64,
        size=1,
        capabilities=(),
        tags=OURS,
    )
    corp = replace(CORP, stack_sets=(replace(STACK_SET, **more),))
    assert WELL.observed is not None
    return replace(
        WELL,
        manifest=replace(MANIFEST, stacks=(wanted,)),
        observed=replace(WELL.observed, organizations=(corp,)),
    )


def place(code, **more):
    return replace(WELL, places=(Seen(name="corp", code=code, refused="no", **more),))


def failed(reason):
    return organization(instances=(replace(INSTANCE, status="OUTDATED", detailed="FAILED", reason=reason),))


def removed():
    facts = organization()
    return replace(facts, manifest=MANIFEST)


CAUSES = {
    "D701": place("A502"),
    "D702": place("A507"),
    "D703": place("A508"),
    "D704": replace(WELL, standings=(replace(STANDING, trusted=False),)),
    "D705": replace(WELL, standings=(replace(STANDING, delegated=False),)),
    "D706": replace(WELL, standings=(replace(STANDING, admin_account=MANAGEMENT),)),
    "D707": organization(running="operation-1"),
    "D708": organization(tags={}),
    "D709": failed("ResourceStatusReason: acme-dev-Read already exists"),
    "D710": replace(WELL, manifest=None, observed=None, problems=("params/estate.yaml:1:1: E217 twice",)),
    "D711": replace(WELL, manifest=replace(MANIFEST, quotas=(replace(QUOTA, used=6000),))),
    "D712": replace(WELL, locks=(LockFile(file="params/lock/corp.json", place="corp", state="changed"),)),
    "D713": replace(WELL, guarded=("corp",)),
    "D714": failed("with an explicit deny in a service control policy"),
    "D715": replace(WELL, switches={"defaults.fence": "self-service trust"}),
    "D716": removed(),
    "D717": replace(WELL, packages=(Package(name="boto3", found="1.0", wanted=">=1.42,<2", fits=False),)),
    "D718": replace(WELL, schemas={"build/manifest.json": (2, 1)}),
    "D719": replace(WELL, places=(Seen(name="jump", ahead=-301.0), Seen(name="corp", ahead=-300.2))),
    "D720": replace(WELL, pipeline=(replace(PIPELINE, state="changed"),)),
    "D722": organization(
        instances=(replace(INSTANCE, status="OUTDATED", detailed="FAILED", reason="Rate exceeded"),)
    ),
    "D723": replace(WELL, unstacked=("/partner/acme/taro.yamada",)),
    "D721": replace(
        place("A509"), locks=(LockFile(file="params/lock/corp.json", place="corp", state="changed"),)
    ),
}


def test_a_healthy_estate_has_no_finding():
    assert examine("example", WELL).findings == ()
    assert examine("example", organization()).findings == ()


@pytest.mark.parametrize("code", sorted(KINDS))
def test_each_cause_brings_its_one_finding(code):
    (found,) = examine("example", CAUSES[code]).findings
    assert (found.code, found.severity) == (code, KINDS[code].severity)
    assert found.what
    assert found.fix


def test_every_check_finds_something_somewhere():
    for check in CHECKS:
        assert any(list(check(facts)) for facts in CAUSES.values()), check.__name__


def test_what_could_not_be_read_is_no_finding_of_its_own():
    assert examine("example", Facts()).findings == ()


def test_the_worst_stands_first():
    facts = replace(CAUSES["D704"], guarded=("corp",), pipeline=CAUSES["D720"].pipeline)
    assert [one.severity for one in examine("example", facts).findings] == ["error", "warning", "hint"]


def test_every_assumption_names_a_switch_that_params_have():
    text = (ROOT / "docs/estate.md").read_text(encoding="utf-8")
    for key, _ in ASSUMPTIONS:
        assert f"`{key}" in text, key


def test_every_source_of_ours_is_a_file():
    for kind in KINDS.values():
        assert kind.source.startswith("https://docs.aws.amazon.com/") or (ROOT / kind.source).exists()


def test_the_page_of_findings_is_made_from_the_table(golden):
    page = ROOT / "docs/doctor.md"
    before = page.read_text(encoding="utf-8").partition("## Findings\n")[0]
    rows = [
        f"| {code} | {kind.severity} | {kind.meaning} | {_link(kind.source)} |"
        for code, kind in sorted(KINDS.items())
    ]
    table = ["## Findings", "", "| code | | meaning | source |", "| --- | --- | --- | --- |", *rows]
    golden(page, before + "\n".join(table) + "\n")


def _link(source: str) -> str:
    if source.startswith("https"):
        return f"<{source}>"
    beside = source.removeprefix("docs/")
    return f"[{beside}]({beside if source.startswith('docs/') else f'../{source}'})"


def test_the_fix_names_the_partner_and_the_user_whom_no_stack_has():
    (found,) = examine("example", CAUSES["D723"]).findings
    assert found.where == "jump/partner/acme/taro.yamada"
    assert "jumpcf user offboard acme taro.yamada, then " in found.fix
    assert "aws iam delete-user --user-name taro.yamada" in found.fix


def test_a_lock_of_parameters_is_refreshed_without_an_organizations_name():
    lock = LockFile(file="params/lock/parameters.json", place="jump", state="changed")
    (found,) = examine("example", replace(WELL, locks=(lock,))).findings
    assert found.fix == "jumpcf sync, and commit it"


def test_a_lock_that_could_not_be_read_is_told_once():
    lock = LockFile(
        file="params/lock/corp.json",
        place="corp",
        state="refused",
        refused="A504 corp: ListAccounts was refused: no (AccessDenied, request 1)",
        hint="ask for it",
    )
    (found,) = examine("example", replace(WELL, locks=(lock,))).findings
    assert (found.code, found.where, found.fix) == ("D701", "corp", "ask for it")
    assert found.what.endswith("[A504]")
    same = Seen(
        name="corp", code="A504", refused="corp: ListAccounts was refused: no (AccessDenied, request 2)"
    )
    assert len(examine("example", replace(WELL, places=(same,), locks=(lock,))).findings) == 1


def test_what_is_refused_because_of_another_finding_is_no_finding_of_its_own():
    late = Seen(name="corp", code="A536", refused="signed too long ago", ahead=-601.0)
    wrong_key = replace(late, ahead=-1.0)
    assert [one.code for one in examine("example", replace(WELL, places=(late,))).findings] == ["D719"]
    assert [one.code for one in examine("example", replace(WELL, places=(wrong_key,))).findings] == ["D701"]
    unregistered = replace(place("A511"), standings=(replace(STANDING, delegated=None),))
    assert [one.code for one in examine("example", unregistered).findings] == ["D705"]
    registered = replace(unregistered, standings=(STANDING,))
    assert [one.code for one in examine("example", registered).findings] == ["D701"]


@pytest.mark.parametrize("code", ["D704", "D705"])
def test_the_fix_names_the_way_into_the_management_account_where_it_takes_one(code):
    (found,) = examine("example", CAUSES[code]).findings
    assert f"--org corp --management-profile PROFILE, a profile of account {MANAGEMENT}" in found.fix
    (standing,) = CAUSES["D704"].standings
    own = replace(CAUSES["D704"], standings=(replace(standing, admin_account=MANAGEMENT),))
    assert "jumpcf bootstrap --org corp" in [one.fix for one in examine("example", own).findings]
