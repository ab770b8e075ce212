"""What a freeze or a thaw came to, from what was done and read: what is closed, what is open, and why; pure."""

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence

from jumpcf.artifacts.freezing import Closed, Freezing, Open
from jumpcf.artifacts.instants import instant, utc
from jumpcf.artifacts.manifest import JUMP
from jumpcf.artifacts.marks import FREEZE_POLICY, PARTNER_PATH
from jumpcf.artifacts.plan import Plan
from jumpcf.artifacts.status import AS_WANTED, AccountStatus, StackStatus, Status
from jumpcf.errors import JumpcfError, Mark, ProblemsFound
from jumpcf.planner.words import count

AGAIN = "run it again"
OPENS = "ends no session, and opens the door again if an earlier one rolled out that it is closed"
"""What a deploy does of whose door params do not say that it is closed: CloudFormation takes off what it attached."""
UNSEEN = "docs/people.md, What a fence cannot see"
FENCED = ("current", "deployed")
"""States of the accounts that have a fence: management, excepted and suspended ones are as wanted without."""

Said = Closed | Open


def made(
    estate: str,
    partner: str,
    user: str,
    said: Iterable[Said],
    *,
    frozen: bool,
    at: str = "",
    reason: str = "",
    beyond: Iterable[Open] = (),
    left: bool = False,
) -> Freezing:
    """The record of all that is to be said."""
    lines = list(said)
    return Freezing(
        estate=estate,
        partner=partner,
        user=user,
        frozen=frozen,
        at=at,
        reason=reason,
        closed=tuple(one for one in lines if isinstance(one, Closed)),
        open=tuple(one for one in lines if isinstance(one, Open)),
        beyond=tuple(beyond),
        left=left,
    )


def at_the_door(
    partner: str, user: str, users: Sequence[str], strays: Sequence[str], refused: JumpcfError | None
) -> Iterator[Said]:
    """Of the jump account: its door was closed, unless `refused`.  `users` are behind it, `strays` are not."""
    if refused:
        yield Open(place=JUMP, what="everything, new sessions among it", why=why(refused), hint=hint(refused))
    else:
        who = user or f"the {count(len(users), 'user')} of {partner}"
        what = f"every call of {who}, new sessions among them: {FREEZE_POLICY} is attached and was read back"
        yield Closed(place=JUMP, what=what)
    for one in strays:
        again = f"jumpcf partner freeze {partner} --user {one} --reason …"
        yield Open(place=JUMP, what=f"everything of {one}", why="he is not in the group", hint=again)


def unwritten(error: ProblemsFound, next_deploy: str = OPENS) -> Open:
    """Params do not say that the door is closed, and this is what the next deploy does."""
    return Open(
        place="params",
        what=f"the next deploy {next_deploy}",
        why=why(error),
        hint=hint(error),
    )


def old_sessions(place: str, until: str, refused: JumpcfError) -> Open:
    """Sessions from before a freeze, at a place that could not be reached."""
    return _sessions(place, until, why(refused), hint(refused))


def unread(until: str, refused: JumpcfError) -> Open:
    """The same where everything was done, and its result could not be read."""
    return _sessions("organizations", until, f"not read: {why(refused)}", "jumpcf status")


def fences(plan: Plan, status: Status, until: str, denied: str, *, nameless: str = "") -> Iterator[Said]:
    """Whether the sessions that are `denied` (in words) are.  `nameless` is the partner whose user is frozen alone,
    where only a session that bears his name can be told to be his."""
    names = {one.name for one in plan.stack_sets}
    for place in plan.organizations:
        if nameless:
            reason = "defaults.role_session_name is optional, so only those that bear his name are known"
            yield _sessions(place, until, reason, f"jumpcf partner freeze {nameless}")
        lines = [one for one in status.accounts if one.organization == place and one.stack_set in names]
        amiss = [one for one in lines if one.state not in AS_WANTED]
        fenced = {one.account for one in lines if one.state in FENCED} - {one.account for one in amiss}
        if fenced:
            yield Closed(place=place, what=f"{denied}, in {count(len(fenced), 'account')}")
        for one in amiss:
            yield _sessions(_where(one), until, _state(one.stack_set, one), one.hint or AGAIN)
    for stack in stacks_amiss(plan, status):
        what = "nothing now, but a later deploy of the stack might take the policy off"
        yield Open(place=JUMP, what=what, why=_state(stack.name, stack), hint=AGAIN)


def beyond(partner: str, organization: str, levels: Sequence[str], *, relaxed: bool) -> Open:
    """Roles that people of these levels made carry no fence, and every freeze leaves them as they are."""
    ends = "take each other without end" if relaxed else "last up to an hour more"
    return Open(
        place=organization,
        what=f"roles that people of {partner} made themselves ({', '.join(levels)})",
        why=f"their sessions {ends}; machines, functions and other accounts that they trust go on",
        hint=f"find and stop them: {UNSEEN}"
        if relaxed
        else f"in each account: aws iam list-roles --path-prefix {PARTNER_PATH}{partner}/ ({UNSEEN})",
    )


def shells(partner: str, organization: str, levels: Sequence[str]) -> Open:
    """What people of these levels opened is no call of AWS that a policy could deny."""
    return Open(
        place=organization,
        what=f"open shells and EKS tokens of people of {partner} ({', '.join(levels)})",
        why="they go on, new tokens until the role's session ends by itself",
        hint=f"look, and end them: {UNSEEN}",
    )


def brought_back(at: str, seconds: int, now: datetime.datetime) -> list[str]:
    """What the thaw of who was frozen at `at` brings back, in words; nothing where every session from before the
    freeze has ended."""
    if not at:
        return []
    until = instant(at) + datetime.timedelta(seconds=seconds)
    if until <= now:
        return []
    return [
        f"Sessions from before the freeze work again until they end by themselves, at the latest at "
        f"{utc(until)}; whoever stole one has it until then."
    ]


def door_of_thaw(behind: Sequence[StackStatus]) -> Said:
    """Of the jump account, whose policy is taken off where no stack of the partner is `behind`."""
    if behind:
        return Open(place=JUMP, what="every call", why=_state(behind[0].name, behind[0]), hint=AGAIN)
    return Closed(place=JUMP, what="calls and new sessions are judged by the groups again")


def fences_of_thaw(plan: Plan, status: Status, away: Mapping[str, JumpcfError]) -> Iterator[Open]:
    """Where a fence is still; `away` are organizations that could not be read."""
    for name, refused in away.items():
        yield Open(place=name, what="the fence", why=why(refused), hint=hint(refused))
    names = {one.name for one in plan.stack_sets}
    for one in status.accounts:
        if one.stack_set in names and one.state not in AS_WANTED:
            reason = _state(one.stack_set, one)
            yield Open(place=_where(one), what="the fence", why=reason, hint=one.hint or AGAIN)


def failures(status: Status) -> Iterator[Open]:
    """What failed on the way and left nothing in AWS by which a door or a fence would be judged."""
    for one in status.failed:
        yield Open(place=one.place, what=f"{one.work} of {one.stack} failed", why=one.reason)


def stacks_amiss(plan: Plan, status: Status) -> list[StackStatus]:
    """The plan's stacks of the jump account that are not as wanted."""
    names = {one.name for one in plan.stacks}
    return [one for one in status.stacks if one.name in names and one.state != "current"]


def why(error: JumpcfError) -> str:
    """A refusal in one line, with its code."""
    if isinstance(error, ProblemsFound):
        first = error.problems[0]
        more = f" and {len(error.problems) - 1} more" if error.problems[1:] else ""
        return f"{Mark(first.file, first.line, first.column)}: {first.code} {first.message}{more}"
    what = "; ".join(error.what.splitlines())  # several places, each with its own code at the end
    return what if what.endswith(f"[{error.code}]") else f"{what} [{error.code}]"


def hint(error: JumpcfError) -> str:
    if isinstance(error, ProblemsFound):
        return error.problems[0].hint or f"mend it, then {AGAIN}"
    return error.hint or AGAIN


def _sessions(place: str, until: str, reason: str, hint: str) -> Open:
    return Open(place=place, what="sessions that exist already", until=until, why=reason, hint=hint)


def _state(name: str, one: AccountStatus | StackStatus) -> str:
    return f"{name} {one.state}" + (f": {one.reason}" if one.reason else "")


def _where(one: AccountStatus) -> str:
    return f"{one.organization} {one.name or one.account}"
