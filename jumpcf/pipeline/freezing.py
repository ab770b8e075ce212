"""`partner freeze` and `thaw`: the door in the jump account at once (`doors`), then the StackSets' fences.

Closing never waits: neither for the deploy lock, nor for a build, nor for an organization.  Opening does.
"""

import datetime
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jumpcf.artifacts.instants import utc
from jumpcf.errors import AwsRefused, JumpcfError
from jumpcf.pipeline.building import bodies, build, last_built
from jumpcf.pipeline.connecting import connect
from jumpcf.pipeline.doors import Shut, Way, Who, door
from jumpcf.pipeline.folders import Folders, Say, silent
from jumpcf.pipeline.locking import locked, seen
from jumpcf.pipeline.rollout import Deployed, Prepared, observe_who_answers

if TYPE_CHECKING:
    from jumpcf.artifacts.freezing import Freezing, Open
    from jumpcf.artifacts.status import Status
    from jumpcf.planner.frozen import Said

FREEZE, THAW = "partner freeze", "partner thaw"  # what the deploy lock is held for


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """The partner's part of a plan, ready to run; `away` are organizations of his that could not be read, `longest`
    the seconds of his longest session."""

    prepared: Prepared
    away: Mapping[str, AwsRefused]
    longest: int


def prepare(folders: Folders, who: Who, say: Say = silent, *, closing: bool) -> Ready:
    """Build, read, plan what concerns this partner.  Organizations that refuse are left out and told; ProblemsFound
    and AwsRefused where params, or the jump account, do.  What closes does not wait for a lint."""
    from jumpcf.planner.diff import make_plan
    from jumpcf.planner.freezing import longest_session, narrowed, of_partner

    manifest = build(folders, lint=not closing, say=say).manifest
    sessions = connect(manifest)
    lock = seen(folders, sessions, manifest)
    mine = sorted({one.place for one in manifest.stacks if one.partner == who.partner and one.grant})
    say(f"Reading the jump account{''.join(f', {name}' for name in mine)} ...")
    observed, away = observe_who_answers(manifest, mine, sessions)
    small = narrowed(manifest, [one.name for one in observed.organizations], at_once=closing)
    template = bodies(folders, manifest).parsed
    plan = of_partner(make_plan(small, observed, template), who.partner, apart=closing)
    prepared = Prepared(
        manifest=small,
        observed=observed,
        plan=plan,
        sessions=sessions,
        lock=lock,
        verb=FREEZE if closing else THAW,
    )
    return Ready(prepared=prepared, away=away, longest=longest_session(manifest, who.partner, template))


def fences_alone(ready: Ready) -> Ready:
    """What is ready without the jump account's part, whose door a freeze closes by API."""
    from jumpcf.planner import freezing

    prepared = ready.prepared
    return replace(ready, prepared=replace(prepared, plan=freezing.fences_alone(prepared.plan)))


def longest(folders: Folders, partner: str) -> int:
    """Seconds of the partner's longest session by what was last built, where nothing can be built now; else the
    longest that IAM knows."""
    from jumpcf.artifacts.freezing import LONGEST
    from jumpcf.planner.freezing import longest_session

    manifest = last_built(folders)
    if manifest is None:
        return LONGEST
    try:
        return longest_session(manifest, partner, bodies(folders, manifest).parsed)
    except (JumpcfError, OSError, ValueError, KeyError):
        return LONGEST


def closing(
    shut: Shut, ready: Ready | None, deployed: Deployed | None, stopped: JumpcfError | None, seconds: int
) -> "Freezing":
    """What a freeze came to.  `stopped` is why there was no rollout, or not to its end."""
    from jumpcf.planner import frozen

    until = utc(datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=seconds))
    partner, user = shut.who.partner, shut.who.user
    said = [*frozen.at_the_door(partner, user, shut.found.users, shut.found.strays, shut.refused)]
    if shut.unwritten:
        said.append(frozen.unwritten(shut.unwritten, _next_deploy(shut)))
    if stopped is not None:
        said.append(frozen.old_sessions("organizations", until, stopped))
    if ready is not None:
        said += [frozen.old_sessions(name, until, refused) for name, refused in ready.away.items()]
    if ready is not None and deployed is not None and stopped is None:
        said += _fences(shut, ready, deployed, until)
    return frozen.made(
        shut.way.name,
        partner,
        user,
        said,
        frozen=True,
        at=shut.at,
        reason=shut.reason,
        beyond=_beyond(shut),
        left=shut.left,
    )


def _next_deploy(shut: Shut) -> str:
    """What a deploy of these params does to a door of which they do not say that it is closed."""
    from jumpcf.planner.frozen import OPENS

    estate, who = shut.way.estate, shut.who
    if estate and who.partner not in estate.partners:
        return "deletes the partner's users and roles"
    if estate and who.user and all(one.name != who.user for one in estate.partners[who.partner].users):
        if estate.partners[who.partner].grants:
            return "is refused (G527): it would delete him, and end no session of his"
        return "deletes him, and the partner's roles"
    return OPENS


def _fences(shut: Shut, ready: Ready, deployed: Deployed, until: str) -> "Iterator[Said]":
    from jumpcf.estate.times import spread
    from jumpcf.planner import frozen

    if deployed.status is None:
        assert deployed.unread is not None
        yield frozen.unread(until, deployed.unread)
        return
    estate, who = shut.way.estate, shut.who
    nameless = bool(who.user and estate and not estate.sessions_named)
    denied = f"every session of {who.user}" if shut.left else f"sessions from before {spread(shut.at)}"
    yield from frozen.fences(
        ready.prepared.plan,
        deployed.status,
        until,
        denied + (", by the session's name" if nameless else ""),
        nameless=who.partner if nameless else "",
    )
    yield from frozen.failures(deployed.status)


def _beyond(shut: Shut) -> "Iterator[Open]":
    from jumpcf.compiler.guardrails import partners_makers
    from jumpcf.compiler.shells import partners_shells
    from jumpcf.planner.frozen import beyond, shells

    estate, name = shut.way.estate, shut.who.partner
    if estate is None or name not in estate.partners:
        return
    for organization, levels in partners_makers(estate, name).items():
        relaxed = any(estate.levels[level].boundary == "relaxed" for level in levels)
        yield beyond(name, organization, levels, relaxed=relaxed)
    for organization, levels in partners_shells(estate, name).items():
        yield shells(name, organization, levels)


@contextmanager
def thawed(folders: Folders, who: Who, say: Say = silent) -> Iterator[None]:
    """Within, params say no more that the door is closed; they say it again where that ends by a refusal, so that
    the next deploy closes what was half opened."""
    from jumpcf.estate.edits import file_of
    from jumpcf.estate.freezing import remove_frozen
    from jumpcf.estate.writing import put

    path = folders.root / file_of(who.partner)
    before = path.read_bytes() if path.is_file() else b""
    changed = remove_frozen(folders.root, who.partner, who.user)
    try:
        yield
    except BaseException:
        if changed:
            put(path, before)
            say(f"{file_of(who.partner)} says frozen as before.")
        raise


def opened(folders: Folders, to: Way, who: Who, at: str, ready: Ready, deployed: Deployed) -> "Freezing":
    """Take off the policy where the stack of the jump account is as wanted, and say what a thaw came to."""
    from jumpcf.planner import frozen

    plan, status = ready.prepared.plan, _read(deployed)
    behind = frozen.stacks_amiss(plan, status)
    if not behind:
        _open(folders, to, who, ready)
    said = [
        frozen.door_of_thaw(behind),
        *frozen.fences_of_thaw(plan, status, ready.away),
        *frozen.failures(status),
    ]
    return frozen.made(to.name, who.partner, who.user, said, frozen=False, at=at)


def _read(deployed: Deployed) -> "Status":
    if deployed.status is None:
        assert deployed.unread is not None
        raise deployed.unread
    return deployed.status


def nothing_to_open(to: Way, who: Who) -> "Freezing":
    """A thaw of who is not frozen."""
    from jumpcf.planner.frozen import made

    return made(to.name, who.partner, who.user, (), frozen=False)


def _open(folders: Folders, to: Way, who: Who, ready: Ready) -> None:
    """By API what CloudFormation has not taken off already; under the deploy lock, for opening waits."""
    here = door(to, who, "thaw")
    if not here.closed():
        return
    prepared = ready.prepared
    with locked(folders, prepared.sessions, prepared.manifest, verb=THAW):
        here.open()
