"""What is wrong with an estate, and how to mend it: small checks over what was read; pure.

A check is a function of the facts that gives findings; one that has nothing to look at finds nothing.  Each finding
has one cause, so that mending it takes away that finding and no other.
"""

import re
from collections.abc import Callable, Iterator

from jumpcf.artifacts.bootstrap import Standing
from jumpcf.artifacts.checkup import Checkup, Facts, Finding, Seen
from jumpcf.artifacts.manifest import JUMP
from jumpcf.artifacts.marks import ESTATE_TAG, PARTNER_PATH, STACK_GRANT_TAG, STACK_PARTNER_TAG
from jumpcf.artifacts.observed import ObservedInstance, ObservedStackSet
from jumpcf.planner.findings import finding
from jumpcf.planner.words import count

NEARLY = 0.9  # of a quota
SKEW = 240.0  # seconds; AWS refuses a signature that is five minutes off
TAKEN = "already exists"
SCP = "service control policy"
FAILED = ("FAILED", "INOPERABLE")  # StackInstanceComprehensiveStatus (CloudFormation API reference)
OF_REFUSALS = {"A507": "D702", "A508": "D703", "A509": "D721"}
NO_DELEGATE = ("A510", "A511")  # what is refused because D705 is so
_REQUEST = re.compile(r", request [^)]*")  # what differs where the same call was refused twice

ASSUMPTIONS: dict[tuple[str, str], tuple[str, str]] = {
    ("defaults.role_session_name", "required"): (
        "the console's switch-role passes the user's name as session name (live check 2)",
        "defaults.role_session_name: optional",
    ),
    ("defaults.assume_scope", "org-paths"): (
        "sts:AssumeRole into another organization sees aws:ResourceOrgPaths (live check 3)",
        "defaults.assume_scope: org-id, role-name or accounts",
    ),
    ("defaults.assume_scope", "org-id"): (
        "sts:AssumeRole into another organization sees aws:ResourceOrgID (live check 3)",
        "defaults.assume_scope: role-name or accounts",
    ),
    ("defaults.fence", "trust"): (
        "the console's switch-role shows a role's trust the person's address (live check 1)",
        "leave trust out of defaults.fence",
    ),
    ("defaults.fence", "session"): (
        "services that act for a session are not stopped by its network fence (live check 7)",
        "leave session out of defaults.fence",
    ),
    ("defaults.cli", "aws-login"): (
        "a session of aws login carries MFA (live check 4)",
        "defaults.cli: access-keys",
    ),
    ("pipeline", "yes"): (
        "StackSets of a delegated administrator are judged by their names in any account (live check 94)",
        "deploy by people: take pipeline out of params/estate.yaml",
    ),
}
"""What each setting assumes of AWS, and the setting that does not; the switches of docs/live-checks.md."""


def examine(estate: str, facts: Facts) -> Checkup:
    """Every finding, the worst first, then by code and place."""
    ranks = {"error": 0, "warning": 1, "hint": 2}
    found = {one for check in CHECKS for one in check(facts)}
    ordered = sorted(found, key=lambda one: (ranks[one.severity], one.code, one.where, one.what))
    return Checkup(estate=estate, findings=tuple(ordered))


def refusals(facts: Facts) -> Iterator[Finding]:
    """What was refused, once for each call, and not where another finding is the cause: a wrong clock, an account
    that was never registered."""
    wrong, told = abs(_off(facts)) > SKEW, set()
    unregistered = {one.organization for one in facts.standings if not one.delegated}
    for one in (*facts.places, *_locks_unread(facts)):
        if not one.code or (one.code == "A536" and wrong):
            continue
        what = _REQUEST.sub("", one.refused)
        if (one.name, what) in told or (one.name in unregistered and one.code in NO_DELEGATE):
            continue
        told.add((one.name, what))
        fix = one.hint or "docs/problems.md explains the code"
        yield finding(OF_REFUSALS.get(one.code, "D701"), one.name, f"{one.refused} [{one.code}]", fix)


def _locks_unread(facts: Facts) -> Iterator[Seen]:
    for one in facts.locks:
        if one.state == "refused":
            code, _, what = one.refused.partition(" ")
            yield Seen(name=one.place, code=code, refused=what, hint=one.hint)


def _off(facts: Facts) -> float:
    """By how many seconds this machine's clock is ahead, where it is most."""
    return max((one.ahead for one in facts.places if one.ahead is not None), key=abs, default=0.0)


def clock(facts: Facts) -> Iterator[Finding]:
    worst = _off(facts)
    if abs(worst) > SKEW:
        way = "ahead of" if worst > 0 else "behind"
        yield finding(
            "D719",
            "this machine",
            f"{abs(worst):.0f} seconds {way} AWS",
            "set the clock (NTP), then run again",
        )


def trusted_access(facts: Facts) -> Iterator[Finding]:
    for one in facts.standings:
        if one.trusted is False:
            yield finding("D704", one.organization, "no StackSet can reach an account", _bootstrap(one))


def delegation(facts: Facts) -> Iterator[Finding]:
    for one in facts.standings:
        if not one.delegated:
            what = f"{one.admin_account} is not registered by {one.management_account}"
            yield finding("D705", one.organization, what, _bootstrap(one))


def _bootstrap(one: Standing) -> str:
    """Only the management account may do it, so that the way into it has to be named where it is not the admin's."""
    command = f"jumpcf bootstrap --org {one.organization}"
    if one.own:
        return command
    return f"{command} --management-profile PROFILE, a profile of account {one.management_account}"


def call_as(facts: Facts) -> Iterator[Finding]:
    for one in facts.standings:
        if one.own:
            yield finding(
                "D706",
                one.organization,
                f"{one.admin_account} is the management account",
                "name a member account as admin, and register it: jumpcf bootstrap",
            )


def running(facts: Facts) -> Iterator[Finding]:
    for place, stack_set in _stack_sets(facts):
        if stack_set.running:
            yield finding(
                "D707",
                f"{place}/{stack_set.name}",
                f"operation {stack_set.running}",
                "a deploy waits for it; wait too, or stop it in CloudFormation",
            )


def foreign(facts: Facts) -> Iterator[Finding]:
    if facts.manifest is None or facts.observed is None:
        return
    estate = facts.manifest.estate
    found = [(f"jump/{one.name}", one.tags) for one in facts.observed.stacks]
    found += [(f"{place}/{one.name}", one.tags) for place, one in _stack_sets(facts)]
    for where, tags in found:
        if tags.get(ESTATE_TAG) != estate:
            fix = "it is never written to: delete it there, or rename partner or grant"
            yield finding("D708", where, f"no tag {ESTATE_TAG}={estate}", fix)


def taken(facts: Facts) -> Iterator[Finding]:
    yield from _failed(facts, TAKEN, "D709", "see whose it is, remove it or rename, then jumpcf repair")


def denied(facts: Facts) -> Iterator[Finding]:
    yield from _failed(
        facts, SCP, "D714", "except the role stacksets-exec-* in that policy, then jumpcf repair"
    )


def failing(facts: Facts) -> Iterator[Finding]:
    """What failed for another reason than those that have a finding of their own."""
    for place, stack_set in _stack_sets(facts):
        found = [
            one
            for one in stack_set.instances
            if one.detailed in FAILED and not _says(one, TAKEN) and not _says(one, SCP)
        ]
        if found:
            more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
            what = f"{found[0].account}{more}: {found[0].reason or found[0].detailed}"
            yield finding(
                "D722",
                f"{place}/{stack_set.name}",
                what,
                f"jumpcf status --org {place} names each with a hint, jumpcf repair --org {place} mends",
            )


def files(facts: Facts) -> Iterator[Finding]:
    for problem in facts.problems:
        where, _, what = problem.partition(": ")
        yield finding("D710", where, what, "jumpcf build tells all of them, with hints")


def quotas(facts: Facts) -> Iterator[Finding]:
    for use in facts.manifest.quotas if facts.manifest else ():
        if use.used >= NEARLY * use.limit:
            what = f"{use.quota}: {use.used:,} of {use.limit:,}"
            yield finding("D711", use.where, what, "docs/quotas.md names the way out")


def locks(facts: Facts) -> Iterator[Finding]:
    other_trees = {one.name for one in facts.places if OF_REFUSALS.get(one.code) == "D721"}
    for one in facts.locks:
        if one.state in ("new", "changed") and one.place not in other_trees:
            what = count(len(one.changes), "change") if one.changes else "differs"
            org = "" if one.place == JUMP else f" --org {one.place}"
            yield finding("D712", one.file, what, f"jumpcf sync{org}, and commit it")


def guardrails(facts: Facts) -> Iterator[Finding]:
    for organization in facts.guarded:
        path = f"build/guardrails/{organization}/rcp.json"
        yield finding(
            "D713",
            organization,
            f"jumpcf does not see whether {path} is attached",
            "let the organization's owner attach it (docs/stacks.md)",
        )


def boundaries(facts: Facts) -> Iterator[Finding]:
    """StackSets that params know no more: with them roles go, and their boundaries stay."""
    if facts.manifest is None:
        return
    wanted = {(one.place, one.name) for one in facts.manifest.stacks}
    for place, one in _stack_sets(facts):
        if (place, one.name) not in wanted and one.tags.get(ESTATE_TAG) == facts.manifest.estate:
            partner, grant = one.tags.get(STACK_PARTNER_TAG, "?"), one.tags.get(STACK_GRANT_TAG, "?")
            yield finding(
                "D716",
                f"{place}/{one.name}",
                f"its grant is gone from params; policies under /jump/{partner}/{grant}/ will stay",
                "after the next deploy delete them once nothing carries them (docs/security.md)",
            )


def assumptions(facts: Facts) -> Iterator[Finding]:
    for key, value in sorted(facts.switches.items()):
        for part in value.split():
            if known := ASSUMPTIONS.get((key, part)):
                yield finding("D715", f"{key}: {part}", known[0], f"if it fails: {known[1]}")


def packages(facts: Facts) -> Iterator[Finding]:
    for one in facts.packages:
        if not one.fits:
            found = f"{one.name} {one.found}" if one.found else f"{one.name} is not installed"
            yield finding("D717", one.name, f"{found}, wanted is {one.wanted}", "install jumpcf again")


def schemas(facts: Facts) -> Iterator[Finding]:
    for name, (found, ours) in sorted(facts.schemas.items()):
        if found > ours:
            fix = "install the jumpcf that wrote it, or a later one"
            yield finding("D718", name, f"schema {found}, this jumpcf knows {ours}", fix)


def pipeline(facts: Facts) -> Iterator[Finding]:
    for one in facts.pipeline:
        if one.state != "current":
            what = f"{one.name} is {one.state}" + (f" ({one.status})" if one.state == "stuck" else "")
            yield finding("D720", one.place, what, "jumpcf bootstrap")


def unstacked(facts: Facts) -> Iterator[Finding]:
    """Whoever no stack has is seen by no plan, and deleted by none."""
    for one in facts.unstacked:
        partner, _, name = one.removeprefix(PARTNER_PATH).rpartition("/")
        fix = (
            f"jumpcf user offboard {partner} {name}, then take jump-freeze off him and aws iam delete-user "
            f"--user-name {name} (docs/doctor.md); who is to stay is made anew after that, by params and a deploy"
        )
        yield finding("D723", f"jump{one}", f"IAM has {name}, and no stack of the estate has him", fix)


CHECKS: tuple[Callable[[Facts], Iterator[Finding]], ...] = (
    refusals,
    clock,
    trusted_access,
    delegation,
    call_as,
    running,
    foreign,
    taken,
    denied,
    failing,
    files,
    quotas,
    locks,
    guardrails,
    boundaries,
    assumptions,
    packages,
    schemas,
    pipeline,
    unstacked,
)


def _stack_sets(facts: Facts) -> Iterator[tuple[str, ObservedStackSet]]:
    for organization in facts.observed.organizations if facts.observed else ():
        for one in organization.stack_sets:
            yield organization.name, one


def _failed(facts: Facts, text: str, code: str, fix: str) -> Iterator[Finding]:
    """Accounts whose last attempt failed for a reason with this text, by StackSet."""
    for place, stack_set in _stack_sets(facts):
        accounts = [one.account for one in stack_set.instances if _says(one, text)]
        if accounts:
            named = ", ".join(accounts[:5]) + (f" and {len(accounts) - 5} more" if len(accounts) > 5 else "")
            yield finding(code, f"{place}/{stack_set.name}", f"in {named}", fix)


def _says(one: ObservedInstance, text: str) -> bool:
    return one.status != "CURRENT" and text in one.reason.lower()
