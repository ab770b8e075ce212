"""`partner freeze` and `thaw`: the door in the jump account at once (`doors`), then the StackSets' fences.

Closing never waits: neither for the deploy lock, nor for a build, nor for an organization.  Opening does.
"""

import datetime
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jumpcf.artifacts.instants import instant, utc
from jumpcf.errors import AwsRefused, JumpcfError, Mark, ProblemsFound
from jumpcf.pipeline.building import bodies, build, last_built
from jumpcf.pipeline.doors import Shut, Way, Wish
from jumpcf.pipeline.folders import Folders, Say, silent
from jumpcf.pipeline.locking import locked, seen
from jumpcf.pipeline.rollout import Deployed, Prepared, connect, observe

if TYPE_CHECKING:
    from jumpcf.artifacts.freezing import Closed, Freezing, Open
    from jumpcf.artifacts.manifest import Manifest
    from jumpcf.artifacts.observed import Observed
    from jumpcf.aws.sessions import Sessions

AGAIN = "run it again"
FENCED = ("current", "deployed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """The partner's part of a plan, ready to run; `away` are organizations of his that could not be read, `longest`
    the seconds of his longest session."""

    prepared: Prepared
    away: Mapping[str, AwsRefused]
    longest: int


def prepare(
    folders: Folders, to: Way, wish: Wish, say: Say = silent, *, closing: bool, lint: bool = False
) -> Ready:
    """Build, read, plan what concerns this partner.  Organizations that refuse are left out and told; ProblemsFound
    and AwsRefused where params, or the jump account, do."""
    from jumpcf.planner.diff import make_plan
    from jumpcf.planner.freezing import longest_session, narrowed, of_partner

    if to.broken:
        raise to.broken
    manifest = build(folders, lint=lint, say=say).manifest
    sessions = connect(manifest)
    lock = seen(folders, sessions, manifest)
    mine = sorted({one.place for one in manifest.stacks if one.partner == wish.partner and one.grant})
    say(f"Reading the jump account{''.join(f', {name}' for name in mine)} ...")
    small, observed, away = _observed(narrowed(manifest, mine, at_once=closing), sessions, mine)
    template = bodies(folders, manifest).parsed
    plan = of_partner(make_plan(small, observed, template), wish.partner, apart=closing)
    prepared = Prepared(
        manifest=small, observed=observed, plan=plan, sessions=sessions, lock=lock, verb=verb(closing=closing)
    )
    return Ready(prepared=prepared, away=away, longest=longest_session(manifest, wish.partner, template))


def verb(*, closing: bool) -> str:
    """What the deploy lock is held for."""
    return "partner freeze" if closing else "partner thaw"


def _observed(
    manifest: "Manifest", sessions: "Sessions", names: list[str]
) -> "tuple[Manifest, Observed, dict[str, AwsRefused]]":
    """What can be read, and why the rest cannot; one that refuses hides nothing of the others."""
    from jumpcf.planner.freezing import narrowed

    try:
        return manifest, observe(manifest, names, sessions)[1], {}
    except AwsRefused:
        away: dict[str, AwsRefused] = {}
    for name in names:
        try:
            observe(narrowed(manifest, [name], at_once=False), [name], sessions)
        except AwsRefused as refused:
            away[name] = refused
    rest = [name for name in names if name not in away]
    small = narrowed(manifest, rest, at_once=False)
    return small, observe(small, rest, sessions)[1], away


def longest(folders: Folders, partner: str) -> int:
    """The same of what was last built, where nothing can be built now; else the longest that IAM knows."""
    from jumpcf.artifacts.freezing import LONGEST
    from jumpcf.planner.freezing import longest_session

    manifest = last_built(folders)
    if manifest is None:
        return LONGEST
    try:
        return longest_session(manifest, partner, bodies(folders, manifest).parsed)
    except (OSError, ValueError, KeyError):
        return LONGEST


def closing(
    shut: Shut, ready: "Ready | None", deployed: Deployed | None, stopped: JumpcfError | None, seconds: int
) -> "Freezing":
    """What a freeze came to.  `stopped` is why there was no rollout, or not to its end."""
    from jumpcf.artifacts.freezing import Freezing

    until = utc(datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=seconds))
    closed, still = _at_the_door(shut)
    if stopped is not None:
        still.append(_sessions("organizations", until, _why(stopped), stopped.hint or AGAIN))
    if ready is not None:
        still += [_sessions(name, until, _why(one), one.hint or AGAIN) for name, one in ready.away.items()]
        if stopped is None and deployed is not None:
            done, open_ = _fences(shut, ready, deployed, until)
            closed += done
            still += open_
    return Freezing(
        estate=shut.way.name,
        partner=shut.wish.partner,
        user=shut.wish.user,
        frozen=True,
        at=shut.at,
        reason=shut.reason,
        closed=tuple(closed),
        open=tuple(still),
        beyond=tuple(_beyond(shut)),
    )


def _beyond(shut: Shut) -> "Iterator[Open]":
    """Roles that the partner's people made carry no fence, and every freeze leaves them as they are."""
    from jumpcf.artifacts.freezing import Open
    from jumpcf.artifacts.marks import PARTNER_PATH
    from jumpcf.compiler.guardrails import partners_makers

    estate, name = shut.way.estate, shut.wish.partner
    if estate is None or name not in estate.partners:
        return
    for organization, levels in partners_makers(estate, name).items():
        relaxed = any(estate.levels[level].boundary == "relaxed" for level in levels)
        ends = "take each other without end" if relaxed else "last up to an hour more"
        yield Open(
            place=organization,
            what=f"roles that people of {name} made themselves ({', '.join(levels)})",
            until="",
            why=f"their sessions {ends}; machines, functions and other accounts that they trust go on",
            hint="find and stop them: docs/people.md, What a fence cannot see"
            if relaxed
            else f"in each account: aws iam list-roles --path-prefix {PARTNER_PATH}{name}/ "
            "(docs/people.md, What a fence cannot see)",
        )


def _at_the_door(shut: Shut) -> "tuple[list[Closed], list[Open]]":
    from jumpcf.artifacts.freezing import Closed, Open
    from jumpcf.artifacts.manifest import JUMP
    from jumpcf.artifacts.marks import FREEZE_POLICY
    from jumpcf.planner.words import count

    closed, still = [], []
    who = shut.wish.user or f"the {count(len(shut.found.users), 'user')} of {shut.wish.partner}"
    if shut.refused:
        what = "everything, new sessions among it"
        still.append(
            Open(place=JUMP, what=what, until="", why=_why(shut.refused), hint=shut.refused.hint or AGAIN)
        )
    else:
        what = f"every call of {who}, new sessions among them: {FREEZE_POLICY} is attached and was read back"
        closed.append(Closed(place=JUMP, what=what))
    for user in shut.found.strays:
        hint = f"jumpcf partner freeze {shut.wish.partner} --user {user} --reason …"
        still.append(
            Open(place=JUMP, what=f"everything of {user}", until="", why="he is not in the group", hint=hint)
        )
    if shut.unwritten:
        what = "the next deploy opens the door again"
        still.append(
            Open(place="params", what=what, until="", why=_why(shut.unwritten), hint=_hint(shut.unwritten))
        )
    return closed, still


def _fences(shut: Shut, ready: Ready, deployed: Deployed, until: str) -> "tuple[list[Closed], list[Open]]":
    from jumpcf.artifacts.freezing import Closed, Open
    from jumpcf.artifacts.manifest import JUMP
    from jumpcf.artifacts.status import AS_WANTED
    from jumpcf.estate.times import spread
    from jumpcf.planner.words import count

    status, plan = deployed.status, ready.prepared.plan
    if status is None:
        assert deployed.unread is not None
        return [], [_sessions("organizations", until, f"not read: {_why(deployed.unread)}", "jumpcf status")]
    closed, still = [], []
    names = {one.name for one in plan.stack_sets}
    for place in plan.organizations:
        lines = [one for one in status.accounts if one.organization == place and one.stack_set in names]
        open_ = [one for one in lines if one.state not in AS_WANTED]
        if shut.wish.user and shut.way.estate and shut.way.estate.role_session_name != "required":
            why = "defaults.role_session_name is optional, so no session can be told to be his"
            still.append(_sessions(place, until, why, f"jumpcf partner freeze {shut.wish.partner}"))
            continue
        # Management, excepted and suspended accounts are as wanted, and no fence was written there.
        fenced = {one.account for one in lines if one.state in FENCED}
        accounts = fenced - {one.account for one in open_}
        if accounts:
            what = f"sessions from before {spread(shut.at)}, in {count(len(accounts), 'account')}"
            closed.append(Closed(place=place, what=what))
        for one in open_:
            why = f"{one.stack_set} {one.state}" + (f": {one.reason}" if one.reason else "")
            still.append(_sessions(f"{place} {one.name or one.account}", until, why, one.hint or AGAIN))
    for stack in status.stacks:
        if stack.state != "current" and stack.name in {one.name for one in plan.stacks}:
            why = f"{stack.name} {stack.state}" + (f": {stack.reason}" if stack.reason else "")
            what = "nothing now, but a later deploy of the stack might take the policy off"
            still.append(Open(place=JUMP, what=what, until="", why=why, hint=AGAIN))
    return closed, still


def _sessions(place: str, until: str, why: str, hint: str) -> "Open":
    from jumpcf.artifacts.freezing import Open

    return Open(place=place, what="sessions that exist already", until=until, why=why, hint=hint)


def _why(error: JumpcfError) -> str:
    if isinstance(error, ProblemsFound):
        first = error.problems[0]
        more = f" and {len(error.problems) - 1} more" if error.problems[1:] else ""
        return f"{Mark(first.file, first.line, first.column)}: {first.code} {first.message}{more}"
    what = "; ".join(error.what.splitlines())  # several places, each with its own code at the end
    return what if what.endswith(f"[{error.code}]") else f"{what} [{error.code}]"


def _hint(error: ProblemsFound) -> str:
    return error.problems[0].hint or AGAIN


@contextmanager
def thawed(folders: Folders, wish: Wish, say: Say = silent) -> Iterator[None]:
    """Within, params say no more that the door is closed; they say it again where that ends by a refusal, so that
    the next deploy closes what was half opened."""
    from jumpcf.estate.edits import file_of
    from jumpcf.estate.freezing import remove_frozen
    from jumpcf.estate.writing import put

    path = folders.root / file_of(wish.partner)
    before = path.read_bytes() if path.is_file() else b""
    changed = remove_frozen(folders.root, wish.partner, wish.user)
    try:
        yield
    except BaseException:
        if changed:
            put(path, before)
            say(f"{file_of(wish.partner)} says frozen as before.")
        raise


def old_sessions(at: str, seconds: int) -> list[str]:
    """What a thaw brings back, in words; nothing where every session from before the freeze has ended."""
    if not at:
        return []
    until = instant(at) + datetime.timedelta(seconds=seconds)
    if until <= datetime.datetime.now(datetime.UTC):
        return []
    return [
        f"Sessions from before the freeze work again until they end by themselves, at the latest at "
        f"{utc(until)}; whoever stole one has it until then."
    ]


def opened(folders: Folders, to: Way, wish: Wish, at: str, ready: Ready, deployed: Deployed) -> "Freezing":
    """Take off the policy where the stack of the jump account is as wanted, and say what a thaw came to."""
    from jumpcf.artifacts.freezing import Closed, Freezing, Open
    from jumpcf.artifacts.manifest import JUMP
    from jumpcf.artifacts.status import AS_WANTED

    plan, status = ready.prepared.plan, deployed.status
    if status is None:
        assert deployed.unread is not None
        raise deployed.unread
    done: list[Closed] = []
    left = [
        Open(place=name, what="the fence", until="", why=_why(one), hint=one.hint or AGAIN)
        for name, one in ready.away.items()
    ]
    names = {one.name for one in plan.stacks} | {one.name for one in plan.stack_sets}
    behind = [one for one in status.stacks if one.name in names and one.state != "current"]
    if behind:
        why = f"{behind[0].name} {behind[0].state}: {behind[0].reason}"
        left.append(Open(place=JUMP, what="every call", until="", why=why, hint=AGAIN))
    else:
        _open(folders, to, wish, ready)
        done.append(Closed(place=JUMP, what="calls and new sessions are judged by the groups again"))
    for line in status.accounts:
        if line.stack_set in names and line.state not in AS_WANTED:
            why = f"{line.stack_set} {line.state}" + (f": {line.reason}" if line.reason else "")
            place = f"{line.organization} {line.name or line.account}"
            left.append(Open(place=place, what="the fence", until="", why=why, hint=line.hint or AGAIN))
    return Freezing(
        estate=to.name,
        partner=wish.partner,
        user=wish.user,
        frozen=False,
        at=at,
        reason="",
        closed=tuple(done),
        open=tuple(left),
    )


def nothing_to_open(to: Way, wish: Wish) -> "Freezing":
    """A thaw of who is not frozen."""
    from jumpcf.artifacts.freezing import Freezing

    return Freezing(
        estate=to.name,
        partner=wish.partner,
        user=wish.user,
        frozen=False,
        at="",
        reason="",
        closed=(),
        open=(),
    )


def _open(folders: Folders, to: Way, wish: Wish, ready: Ready) -> None:
    """By API what CloudFormation has not taken off already; under the deploy lock, for opening waits."""
    from jumpcf.pipeline.doors import door

    here = door(to, wish)
    if not here.closed():
        return
    prepared = ready.prepared
    with locked(folders, prepared.sessions, prepared.manifest, verb=verb(closing=False)):
        here.open()
