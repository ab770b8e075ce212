"""A person offboarded at once, beside the flow: nothing is compiled, and broken params stop nothing but a hint."""

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jumpcf.artifacts.instants import hours, utc
from jumpcf.errors import ProblemsFound, UnknownName
from jumpcf.pipeline.breaking_off import told_if_broken_off
from jumpcf.pipeline.building import load
from jumpcf.pipeline.connecting import jump_sessions
from jumpcf.pipeline.folders import Folders, Say, silent

if TYPE_CHECKING:
    from jumpcf.artifacts.offboarded import Offboarded, Proof
    from jumpcf.artifacts.operation import OffboardUser
    from jumpcf.aws.emergency import Emergency
    from jumpcf.aws.paging import Answer
    from jumpcf.errors import Problem
    from jumpcf.estate.emergency import JumpAccount
    from jumpcf.estate.model import Estate, Left, Partner, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A user before anything is taken from him.  `user` is None where the jump account has none of this name;
    `estate` is None where params have problems."""

    jump: "JumpAccount"
    estate: "Estate | None"
    emergency: "Emergency"
    operation: "OffboardUser"
    user: "Answer | None"
    by: str

    @property
    def partner(self) -> "Partner | None":
        return self.estate.partners.get(self.operation.partner) if self.estate else None

    @property
    def listed(self) -> "User | None":
        """The user as params have him, however they spell him: IAM has no two that differ in case alone."""
        users = self.partner.users if self.partner else ()
        name = self.operation.user.casefold()
        return next((one for one in users if one.name.casefold() == name), None)

    @property
    def departed(self) -> "Left | None":
        """The same under `left`, where a fence knows him by exactly this name."""
        left = self.partner.left if self.partner else ()
        return next((one for one in left if one.name == self.operation.user), None)


def find(folders: Folders, partner: str, name: str, *, say: Say = silent) -> Found:
    """Look who it is: by reads only.  AwsRefused A531: a user of that name is somebody else's; UnknownName: nobody
    has that name, and somebody has one much like it."""
    from jumpcf.artifacts.manifest import JUMP
    from jumpcf.aws.api import Api
    from jumpcf.aws.emergency import Emergency
    from jumpcf.aws.identity import caller
    from jumpcf.aws.paging import Waiter
    from jumpcf.estate.emergency import jump_account

    jump, problems = jump_account(folders.root)
    if jump is None:
        raise ProblemsFound(problems)
    estate = _estate(folders, say)
    sessions = jump_sessions(jump.connection)
    emergency = Emergency(Api(sessions, JUMP, "iam"), Api(sessions, JUMP, "ssm"), Waiter())
    operation = _operation(jump.estate, partner, name)
    user = emergency.find(operation, jump.estate)
    if user is not None:
        operation = _operation(
            jump.estate, partner, user["UserName"]
        )  # as he is written, for what is kept for him
    found = Found(
        jump=jump, estate=estate, emergency=emergency, operation=operation, user=user, by=caller(sessions)
    )
    if user is None and (found.listed is None or found.listed.name != name):
        _refuse_misspelt(found)
    return found


def offboard(folders: Folders, found: Found, *, say: Say = silent) -> "Offboarded":
    """Say in params that he left, take everything, and say what IAM shows then.

    Params first: whatever breaks the taking off, no deploy finds him under `users` then.  AwsRefused and Interrupted
    (G578) where it is broken off; what was taken until then stays taken.
    """
    from jumpcf.artifacts.offboarded import Offboarded

    written = _written(folders, found, datetime.datetime.now(datetime.UTC))
    proofs: tuple[Proof, ...] = ()
    if found.user is not None:
        with told_if_broken_off(_stands(found, written)):
            proofs = found.emergency.take(found.operation, found.user, lambda progress: say(progress.status))
    now = datetime.datetime.now(datetime.UTC)
    partly = any(one.amiss for one in proofs)
    frozen = any(one.stays for one in proofs)
    return Offboarded(
        estate=found.jump.estate,
        partner=found.operation.partner,
        user=found.operation.user,
        state="gone" if found.user is None else "partly" if partly else "done",
        arn=found.user["Arn"] if found.user else "",
        id=found.user["UserId"] if found.user else "",
        at=utc(now),
        by=found.by,
        proofs=proofs,
        todo=tuple(_todo(found, written, now, partly=partly, frozen=frozen)),
        params=written.file if written.done else "",
    )


def _stands(found: Found, written: "Written") -> str:
    """What params say of him by now, in words."""
    if problem := written.by_hand:
        return f"params do not say yet that he left ({_where(problem)}: {problem.message})"
    if found.estate is not None and found.partner is None:
        return f"params have no partner {found.operation.partner} any more"
    return f"he stands under left in {written.file}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Whether the partner's file was changed, and what is to be done by hand where it had to be and was not."""

    file: str
    done: bool = False
    by_hand: "Problem | None" = None


def _written(folders: Folders, found: Found, now: datetime.datetime) -> Written:
    """Move him to `left` in params.  Also where these are broken elsewhere: no deploy may find him there still; and
    where somebody only deleted his line: without `left` no deploy ends a session of his."""
    from jumpcf.estate import leaving
    from jumpcf.estate.edits import file_of

    wanted = found.operation
    file = file_of(wanted.partner)
    if found.estate is not None and (found.partner is None or not (found.listed or found.user)):
        return Written(file=file)
    there = found.user is not None  # with his partner's path and tag
    try:
        done = leaving.write_left(folders.root, wanted.partner, wanted.user, _day(found, now), unlisted=there)
    except ProblemsFound as error:
        return Written(file=file, by_hand=error.problems[0])
    return Written(file=file, done=done)


def _estate(folders: Folders, say: Say) -> "Estate | None":
    from jumpcf.planner.words import count

    try:
        return load(folders)[0]
    except ProblemsFound as found:
        errors = count(sum(one.severity == "error" for one in found.problems), "problem")
        say(f"params/ have {errors}; going on with params/estate.yaml alone. `jumpcf build` names them.")
        return None


def _operation(estate: str, partner: str, name: str) -> "OffboardUser":
    from jumpcf.artifacts.manifest import JUMP
    from jumpcf.artifacts.marks import password_parameter
    from jumpcf.artifacts.operation import OffboardUser
    from jumpcf.estate import names

    return OffboardUser(
        id="",
        place=JUMP,
        stack=names.partner_stack(partner),
        reason="asked for by hand",
        user=name,
        path=names.user_path(partner),
        partner=partner,
        resource="",
        members=names.members_group(partner),
        parameter=password_parameter(names.password_path(estate), partner, name),
    )


def _refuse_misspelt(found: Found) -> None:
    """Whoever is gone is a success, and whoever was misspelt must not look like one."""
    from jumpcf.artifacts.marks import PARTNER_PATH
    from jumpcf.estate.similar import nearest

    wanted = found.operation
    params = {user.name: one.name for one in _partners(found.estate) for user in one.users}
    if wanted.user in params:
        raise UnknownName(
            "G577", f"{wanted.partner} has no user {wanted.user}", f"he is {params[wanted.user]}'s"
        )
    if near := nearest(wanted.user, {*found.emergency.names(PARTNER_PATH), *params}):
        raise UnknownName("G577", f"nobody is named {wanted.user}", f"did you mean {near}?")
    known = {one.name for one in _partners(found.estate)}
    if wanted.partner not in known and (near := nearest(wanted.partner, known)):
        raise UnknownName("G577", f"no partner is named {wanted.partner}", f"did you mean {near}?")


def _partners(estate: "Estate | None") -> "list[Partner]":
    return [*estate.partners.values()] if estate else []


def _todo(
    found: Found, written: Written, now: datetime.datetime, *, partly: bool, frozen: bool
) -> "Iterator[str]":
    if partly:
        yield "Run this again, with credentials that may do what was refused."
    if found.user is not None:
        seconds = _session(found)
        sooner = "" if _nameless(found) else ", or until the deploy below"
        here = (
            "may do nothing any more"
            if frozen
            else "is judged by no Deny of ours until that deploy deletes him"
        )
        yield (
            f"Sessions of roles that he took before are {_denied_by_freeze(found)}good for {hours(seconds)}, until "
            f"{utc(now + datetime.timedelta(seconds=seconds))} at most{sooner}; what he had "
            f"open in the jump account {here}."
        )
        yield from _own_roles(found)
        yield from _shells(found)
    deploy = "run `jumpcf deploy --accept-deletion`: it deletes the user"
    denied = f", and denies him {_open_in_roles(found)}"
    if written.done:
        yield f"Commit {written.file}, where he stands under left now, and {deploy}{denied}."
    elif written.by_hand is not None:
        yield (
            f"{_where(written.by_hand)}: {written.by_hand.message}. Do it by hand "
            f"({_by_hand(found, written.by_hand, now)}) and {deploy}{denied}. A deploy that still finds him under "
            "users may make him a new initial password, and put him back into groups when his stack changes."
        )
    elif found.user is None:
        yield from _denied_already(found)
    elif found.estate is not None and found.partner is None:
        yield f"Params have no partner {found.operation.partner} any more: {deploy}, and the partner's roles."
    else:
        yield f"{written.file} has him under left already: {deploy}{denied}."
    yield from _elsewhere(found)


def _denied_by_freeze(found: Found) -> str:
    """Params say that he was frozen, and nobody has looked here whether every role knows of it."""
    frozen = (found.listed and found.listed.frozen) or (found.partner and found.partner.frozen)
    return f"denied where his freeze ({frozen.reason}) was rolled out; elsewhere they are " if frozen else ""


def _where(problem: "Problem") -> str:
    from jumpcf.errors import Mark

    return str(Mark(problem.file, problem.line, problem.column))


def _by_hand(found: Found, problem: "Problem", now: datetime.datetime) -> str:
    """The hint of an edit that was not made; of a file that nobody could read, the edit and when it can be made."""
    from jumpcf.estate.leaving import entry

    if problem.code == "E610":
        return problem.hint
    user = found.operation.user
    return f"mend the file, then move {user} from users to left: - {entry(user, _day(found, now))}"


def _day(found: Found, now: datetime.datetime) -> str:
    """Today in the estate's time zone; in UTC where params do not tell it."""
    from jumpcf.estate import times

    return times.local_day(now, found.estate.timezone if found.estate else "UTC").isoformat()


def _elsewhere(found: Found) -> "Iterator[str]":
    """Where another partner gets him, the deploy that deletes him makes him anew."""
    name = found.operation.user.casefold()
    for partner in _partners(found.estate):
        for one in partner.users:
            if partner.name != found.operation.partner and one.name.casefold() == name:
                yield (
                    f"{partner.name} has him under users ({one.mark}): a deploy makes him anew there, with a new "
                    "password. Take him out of there as well if he is to have nothing."
                )


def _denied_already(found: Found) -> "Iterator[str]":
    if found.departed:
        yield (
            f"He stands under left ({found.departed.mark}): where nobody has deployed since, run `jumpcf deploy`; it "
            f"denies him {_open_in_roles(found)}."
        )


def _open_in_roles(found: Found) -> str:
    everything = "what he has open in every role"
    return f"{everything} under his own name" if _nameless(found) else everything


def _nameless(found: Found) -> bool:
    """Whether a session's name may be anything, so that the fence knows only those that bear his."""
    return found.estate is not None and not found.estate.sessions_named


def _own_roles(found: Found) -> "Iterator[str]":
    """What he may have left behind, for roles that partners' people make carry no fence."""
    from jumpcf.compiler.guardrails import partners_makers

    if where := _levels(found, partners_makers):
        yield (
            f"Look at the roles that people of {found.operation.partner} made themselves ({where}): neither this nor "
            "a freeze ends what works by them (docs/people.md, What a fence cannot see)."
        )


def _shells(found: Found) -> "Iterator[str]":
    """What he may have open that is no call of AWS, so that no policy ends it."""
    from jumpcf.compiler.shells import partners_shells

    if where := _levels(found, partners_shells):
        yield (
            f"Look for shells that he opened ({where}) and for EKS clusters that let his roles in: neither this nor "
            "a freeze ends those (docs/people.md, What a fence cannot see)."
        )


def _levels(found: Found, by_organization: "Callable[[Estate, str], dict[str, tuple[str, ...]]]") -> str:
    """Some of his partner's levels and their organizations, in words; "" where there are none."""
    if found.estate is None or found.partner is None:
        return ""
    there = by_organization(found.estate, found.partner.name)
    levels = sorted({level for each in there.values() for level in each})
    return f"{', '.join(levels)}, in {', '.join(there)}" if there else ""


def _session(found: Found) -> int:
    """Seconds of the longest session that he may have open; the most that AWS knows where params do not tell.  Of
    every grant of his partner: a session outlives a change of groups."""
    from jumpcf.artifacts.freezing import LONGEST

    grants = found.partner.grants if found.partner else ()
    return max((seconds for grant in grants for seconds in grant.session.values()), default=LONGEST)
