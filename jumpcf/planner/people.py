"""Who is as params want him, and who keeps the rules for credentials: params and what IAM shows, purely.

The numbers are those of the CIS AWS Foundations Benchmark v3.0.0, section 1.
"""

import datetime
import re
from collections.abc import Iterator

from jumpcf.artifacts.instants import utc
from jumpcf.artifacts.marks import FREEZE_POLICY, PARTNER_PATH
from jumpcf.artifacts.people import (
    Finding,
    KeyStatus,
    PasswordState,
    PeopleStatus,
    PersonStatus,
    SeenKey,
    SeenPeople,
    SeenUser,
)
from jumpcf.artifacts.roster import Gone, Listed, Roster
from jumpcf.planner.words import count

CIS = "v3.0.0/"
UNUSED, OLD = 45, 90  # days: recommendations 1.12 and 1.14
KEYS = ("two-keys", "old-key", "needless-key")
DIFFERS = ("unknown", "missing", "left", "frozen", "groups", "tag")
WORDS = {
    "no-mfa": "somebody has a password and no MFA device (CIS 1.10)",
    "stale-<N>d": "credentials were not used for so many days (CIS 1.12: 45)",
    "keys": "old-key, two-keys or needless-key (CIS 1.13, 1.14)",
    "policies": "a user has policies of his own (CIS 1.15)",
    "differs": "IAM and params differ: unknown, missing, left, frozen, groups or tag",
    "ended": "somebody's last day has passed",
    "any": "there is any finding",
}
"""What `--fail-on` knows."""


def judge_people(roster: Roster, seen: SeenPeople, now: datetime.datetime) -> PeopleStatus:
    """Everybody of params and of IAM, each once: one who stands under another partner's path is two."""
    listed = {(one.partner, one.name): one for one in roster.users}
    there = {(_partner(one), one.name): one for one in seen.users}
    left = {(one.partner, one.name): one for one in roster.left}
    people = tuple(
        _person(key, listed.get(key), left.get(key), there.get(key), now) for key in sorted({*listed, *there})
    )
    return PeopleStatus(estate=roster.estate, at=utc(now), reported=seen.reported, people=people)


def met(status: PeopleStatus, word: str) -> bool:
    """Whether a word of `--fail-on` is met by anybody."""
    if days := re.fullmatch(r"stale-(\d+)d", word):
        return any(one.idle is not None and one.idle >= int(days[1]) for one in status.people)
    codes = {finding.code for one in status.people for finding in one.findings}
    if word == "any":
        return bool(codes)
    return bool(codes & {"keys": {*KEYS}, "differs": {*DIFFERS}}.get(word, {word}))


def _partner(user: SeenUser) -> str:
    return user.path.removeprefix(PARTNER_PATH).strip("/")


def _person(
    key: tuple[str, str],
    listed: Listed | None,
    left: Gone | None,
    seen: SeenUser | None,
    now: datetime.datetime,
) -> PersonStatus:
    keys = tuple(_key(one, now) for one in seen.keys) if seen else ()
    idle = _idle(seen, keys, now) if seen else None
    gone = left if listed is None else None
    findings = [*(_leaves(gone) if gone else _differences(listed, seen))]
    if seen and not gone:  # of who left the deploy takes everything
        findings += _credentials(listed, seen, keys, idle)
    return PersonStatus(
        partner=key[0],
        name=key[1],
        there=seen is not None,
        listed=listed is not None,
        until=listed.until if listed else "",
        ended=listed.ended if listed else False,
        frozen=listed.frozen if listed else "",
        password=_password(seen),
        password_age=_days(seen.password, now) if seen else None,
        mfa=seen.mfa if seen else (),
        keys=keys,
        signed_in=_days(seen.signed_in, now) if seen else None,
        idle=idle,
        groups=seen.groups if seen else (),
        arn=seen.arn if seen else "",
        findings=tuple(findings),
    )


def _password(seen: SeenUser | None) -> PasswordState:
    if seen is None or not seen.password:
        return "none"
    if not seen.must_change:
        return "own"
    return "to be changed" if seen.signed_in else "initial"


def _key(one: SeenKey, now: datetime.datetime) -> KeyStatus:
    return KeyStatus(active=one.active, age=_days(one.made, now) or 0, unused=_days(one.used, now))


def _idle(seen: SeenUser, keys: tuple[KeyStatus, ...], now: datetime.datetime) -> int | None:
    """Of the least used live credential: a password that nobody used counts from when it was made or changed."""
    days = [one.age if one.unused is None else one.unused for one in keys if one.active]
    if seen.password:
        days.append(_days(seen.signed_in or seen.password, now) or 0)
    return max(days, default=None)


def _leaves(left: Gone) -> Iterator[Finding]:
    told = f"he left on {left.day} ({left.place}), and no deploy has deleted him yet"
    yield _finding("left", told, "`jumpcf deploy --accept-deletion`: it takes all that he has")


def _differences(listed: Listed | None, seen: SeenUser | None) -> Iterator[Finding]:
    if seen is None:
        fix = "`jumpcf deploy` makes him; where his stack is there, he was deleted by hand: `jumpcf drift` tells"
        yield _finding("missing", "params name him and IAM does not know him", fix)
        return
    if listed is None:
        fix = (
            f"`jumpcf user remove {_partner(seen)} {seen.name} --unlisted`, then `jumpcf deploy --accept-deletion` "
            "(where his whole partner was taken out, the deploy alone); if no deploy made him, an administrator did"
        )
        yield _finding("unknown", "IAM has him and params do not", fix)
        return
    if seen.tag != listed.partner:
        told = f"his tag says {seen.tag or 'nothing'} and not {listed.partner}"
        yield _finding("tag", told, "`jumpcf drift`, and find out who changed it: roles trust this tag")
    yield from _groups(listed, seen)
    yield from _shut(listed, seen)
    if listed.ended:
        fix = "`jumpcf user remove`, then deploy; IAM keeps him out since then"
        yield _finding("ended", f"his last day was {listed.until}", fix)


def _groups(listed: Listed, seen: SeenUser) -> Iterator[Finding]:
    """A deploy changes memberships with the user's stack only, and mends none that AWS lost since."""
    more = sorted({*seen.groups} - {*listed.iam_groups})
    less = sorted({*listed.iam_groups} - {*seen.groups})
    told, fixes = [], []
    if more:
        told.append(f"also in {', '.join(more)}")
        fixes.append("put the groups into params, or take him out of them by hand")
    if less:
        told.append(f"not in {', '.join(less)}")
        fixes.append(
            f"`jumpcf user remove {listed.partner} {listed.name}`, deploy, move him back to users, deploy: he is "
            "made anew; or an administrator adds him to them (aws iam add-user-to-group)"
        )
    if told:
        yield _finding("groups", "; ".join(told), "; ".join(fixes))


def _shut(listed: Listed, seen: SeenUser) -> Iterator[Finding]:
    """A deploy takes off the policy that an earlier one attached, and none that a freeze or an offboarding did."""
    if not seen.shut or listed.frozen:
        return
    own = seen.name in seen.shut
    whom = [f"{listed.partner} --user {seen.name}"] if own else []
    whom += [listed.partner] if seen.shut[int(own) :] else []
    fix = " and ".join(f"`jumpcf partner thaw {one}`" for one in whom)
    told = f"{FREEZE_POLICY} is on {', '.join(seen.shut)}, so he may do nothing; params do not say frozen"
    yield _finding("frozen", told, f"{fix}; if that is wanted, freeze again, so that params say so")


def _credentials(
    listed: Listed | None, seen: SeenUser, keys: tuple[KeyStatus, ...], idle: int | None
) -> Iterator[Finding]:
    if seen.password and not seen.mfa:
        first = "" if seen.signed_in else "; he has never signed in"
        yield _finding(
            "no-mfa",
            f"has a password and no MFA device{first}",
            "he enrols one under My security credentials; without it he can do nothing else",
            "1.10",
        )
    if idle is not None and idle >= UNUSED:
        fix = "ask the partner whether he still needs it; else `jumpcf user remove`, then deploy"
        yield _finding("stale", f"credentials unused for {count(idle, 'day')}", fix, "1.12")
    active = [one for one in keys if one.active]
    if len(active) > 1:
        fix = "he deletes the one that is used less"
        yield _finding("two-keys", f"{len(active)} active access keys", fix, "1.13")
    if old := [one.age for one in active if one.age > OLD]:
        fix = "he makes another one and deletes this one"
        yield _finding("old-key", f"an access key is {count(max(old), 'day')} old", fix, "1.14")
    if keys and listed is not None and listed.cli != "access-keys":
        fix = f"delete it: {listed.partner}'s `cli` is {listed.cli}, which needs none"
        yield _finding("needless-key", count(len(keys), "access key"), fix)
    if seen.policies:
        fix = "take them off; what he may do belongs to groups"
        yield _finding("policies", f"has policies of his own: {', '.join(seen.policies)}", fix, "1.15")


def _finding(code: str, what: str, fix: str, cis: str = "") -> Finding:
    return Finding(code=code, cis=f"{CIS}{cis}" if cis else "", what=what, fix=fix)


def _days(instant: str, now: datetime.datetime) -> int | None:
    """Whole days since an instant; None for none."""
    return max(0, (now - datetime.datetime.fromisoformat(instant)).days) if instant else None
