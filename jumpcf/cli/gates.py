"""What stands between a plan and AWS: blockers, and the words for what is broadened, taken away and left open."""

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar, cast

import click

from jumpcf.artifacts.effects import broadenings, deletions, plan_digest, sessions_left_open
from jumpcf.artifacts.plan import Plan
from jumpcf.cli.console import Console
from jumpcf.errors import GateRefused
from jumpcf.pipeline.locking import Seen
from jumpcf.pipeline.rollout import Prepared
from jumpcf.planner.explain import what_denies

Function = TypeVar("Function", bound=Callable[..., Any])

NAMED = 12  # names that a question or a refusal holds; the plan above it has them all
ANY = "any"  # the acceptance of whatever the plan is
SHORTEST = 12  # hex digits of a digest that say which plan is meant
ALONE = "With DIGEST (as plan prints it) for that plan alone."
_DIGEST = re.compile(rf"[0-9a-f]{{{SHORTEST},64}}")
_WORDS = {"any": ANY, "1": ANY, "true": ANY, "yes": ANY, "on": ANY, "0": "", "false": "", "no": "", "off": ""}


def acceptance(ctx: click.Context, param: click.Parameter, value: str | None) -> str:
    """ANY, "" for none, or the first 12 to 64 hex digits of the digest of the one plan that is accepted.

    The words of a flag are taken too, because an environment variable has no bare form.
    """
    text = (value or "no").strip().lower()
    if text in _WORDS:
        return _WORDS[text]
    if _DIGEST.fullmatch(text):
        return text
    raise click.BadParameter(
        f"{value!r} is no plan's digest ({SHORTEST} to 64 hex digits); for any plan, write it without a value; "
        "a plan file stands before the flags",
        ctx,
        param,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What the command line says yes to: `yes` to the question itself, the others as `acceptance` gives them."""

    yes: bool
    broadening: str
    deletion: str
    open_sessions: str = ""


def accepting(function: Function) -> Function:
    """The options of a verb that deploys: --yes, --accept-broadening, --accept-deletion.  The verb is given them, and
    that of `leaving_open`, as one `accepted`."""

    @functools.wraps(function)
    def given(
        *arguments: Any,
        yes: bool,
        accept_broadening: str,
        accept_deletion: str,
        accept_open_sessions: str = "",
        **more: Any,
    ) -> Any:
        accepted = Accepted(
            yes=yes,
            broadening=accept_broadening,
            deletion=accept_deletion,
            open_sessions=accept_open_sessions,
        )
        return function(*arguments, accepted=accepted, **more)

    options = (
        click.option(
            "-y",
            "--yes",
            is_flag=True,
            help="Do not ask before deploying; what needs a word of its own is asked about all the same.",
        ),
        acceptance_option(
            "--accept-broadening", f"Do not ask before somebody may do more or comes anew. {ALONE}"
        ),
        acceptance_option(
            "--accept-deletion",
            f"Do not ask before stacks, roles and people go: their passwords, keys and MFA devices as well. {ALONE}",
        ),
    )
    verb = cast(Function, given)
    for option in reversed(options):
        verb = option(verb)
    return verb


def leaving_open(function: Function) -> Function:
    """The option of a verb that may offboard somebody of whom params do not say that he left."""
    what = "Do not ask before somebody leaves whose open sessions no role denies (docs/plan-and-deploy.md, Leaving)."
    return acceptance_option("--accept-open-sessions", f"{what} {ALONE}")(function)


def acceptance_option(name: str, what: str) -> Callable[[Function], Function]:
    """An option whose value `acceptance` reads; `what` is its help."""
    return click.option(
        name, callback=acceptance, is_flag=False, flag_value=ANY, metavar="[DIGEST]", help=what
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One thing that has to be accepted: by which flag, by which typed word, how a sentence about it begins,
    and what it is, by name; `code` is that of its refusal, `instead` what would make it unnecessary."""

    flag: str
    word: str
    verb: str
    code: str
    names: tuple[str, ...]
    accepted: str
    instead: str = ""

    def told(self) -> str:
        return f"{self.verb} {named(self.names)}"


def asks(console: Console, plan: Plan, accepted: Accepted, more: tuple[str, ...] = ()) -> bool:
    """Whether `gate` would ask a person, who must then have seen the plan."""
    if not console.interactive or plan.blockers or not (plan.operations or more):
        return False
    return not accepted.yes or lacks(plan, accepted, more)


def lacks(plan: Plan, accepted: Accepted, more: tuple[str, ...] = ()) -> bool:
    """Whether something of the plan, or of `more`, is still to be accepted."""
    return any(one.names and not one.accepted for one in _effects(plan, accepted, more))


def gate(console: Console, plan: Plan, accepted: Accepted, more: tuple[str, ...] = ()) -> None:
    """Let a plan pass, or say why not: blockers never pass; broadening and deletion need a word of their own.
    `more` is what is broadened beside the plan, by name."""
    refuse_blocked(console, plan)
    if not plan.operations and not more:
        return
    effects = [effect for effect in _effects(plan, accepted, more) if effect.names]
    digest = plan_digest(plan)
    for effect in effects:
        _refuse_another(effect, digest)
    lacking = [effect for effect in effects if not effect.accepted]
    if lacking and not console.interactive:
        _unasked(lacking, accepted.yes, digest)
    for effect in lacking:
        _typed(console, effect)
    _agreed(console, "Deploy this?", yes=accepted.yes)


def confirmed(console: Console, text: str, question: str, *, yes: bool) -> None:
    """Go on where somebody who was shown `text` says yes to the question, or did before; G503 where nobody does."""
    _show(console, text, asking=console.interactive and not yes)
    _agreed(console, question, yes=yes)


def refuse_blocked(console: Console, plan: Plan) -> None:
    if plan.blockers:
        # the table above names every blocker; JSON output has no table on the terminal
        hint = plan.blockers[0] if console.json else ""
        raise GateRefused("G501", "the plan is blocked; nothing was written", hint)


def pass_gates(
    console: Console,
    prepared: Prepared,
    accepted: Accepted,
    text: str,
    *,
    break_lock: bool,
    more: tuple[str, ...] = (),
) -> None:
    """Show a plan as `text`, and let it pass or say why not; then the lock, where there is something to do."""
    _show(console, text, asking=asks(console, prepared.plan, accepted, more))
    gate(console, prepared.plan, accepted, more)
    if prepared.plan.operations:
        lock_gate(console, prepared.lock, break_lock=break_lock)


def lock_gate(console: Console, lock: Seen | None, *, break_lock: bool) -> None:
    """A lock that somebody holds stops here, before anything is taken; breaking it needs a word where a person is."""
    held = lock.held_by() if lock else None
    if held is None:
        return
    if not break_lock:
        raise held
    if not console.interactive:
        return
    console.ask(held.what)
    if console.typed("What it started goes on in AWS. Type 'break' to take the lock") != "break":
        raise held


def named(names: tuple[str, ...]) -> str:
    """Names as a list that a person reads to its end."""
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")


def _effects(plan: Plan, accepted: Accepted, more: tuple[str, ...]) -> tuple[Effect, ...]:
    """What is mended rather than accepted comes first."""
    return (
        Effect(
            flag="--accept-open-sessions",
            word="open",
            verb="leaves sessions of roles open:",
            code="G527",
            names=sessions_left_open(plan),
            accepted=accepted.open_sessions,
            instead=_instead(plan),
        ),
        Effect(
            flag="--accept-broadening",
            word="broaden",
            verb="broadens access:",
            code="G521",
            names=(*broadenings(plan), *more),
            accepted=accepted.broadening,
        ),
        Effect(
            flag="--accept-deletion",
            word="delete",
            verb="takes away:",
            code="G502",
            names=deletions(plan),
            accepted=accepted.deletion,
        ),
    )


def _instead(plan: Plan) -> str:
    ways = [what_denies(one) for one in plan.open_sessions]
    more = f" (and {len(ways) - 1} more like this)" if ways[1:] else ""
    return f"{ways[0]}{more}" if ways else ""


def _refuse_another(effect: Effect, digest: str) -> None:
    """An acceptance of one plan says nothing about another, whoever is at the terminal."""
    if effect.accepted in ("", ANY) or digest.startswith(effect.accepted):
        return
    raise GateRefused(
        "G522",
        f"{effect.flag} accepts the plan {effect.accepted}, and this plan is {digest}; it {effect.told()}",
        "something changed since that plan was read: read this one, then accept its digest",
    )


def _typed(console: Console, effect: Effect) -> None:
    if effect.instead:
        console.ask(f"Instead: {effect.instead}.")
    if console.typed(f"This {effect.told()}. Type '{effect.word}' to go on") != effect.word:
        raise GateRefused(effect.code, f"'{effect.word}' was not confirmed; nothing was written")


def _unasked(lacking: list[Effect], yes: bool, digest: str) -> NoReturn:
    """Where nobody can be asked, the flags must say it all; the refusal names every one that lacks."""
    flags = [effect.flag for effect in lacking] + ([] if yes else ["--yes"])
    wanted = f"{', '.join(flags[:-1])} and {flags[-1]}" if len(flags) > 1 else flags[0]
    instead = "".join(f"{effect.instead}; " for effect in lacking if effect.instead)
    raise GateRefused(
        lacking[0].code,
        f"the plan {'; it '.join(effect.told() for effect in lacking)}",
        f"{instead}if this is wanted, add {wanted}; {lacking[0].flag}={digest[:SHORTEST]} accepts this plan alone",
    )


def _show(console: Console, text: str, *, asking: bool) -> None:
    """Nobody is asked about what was not shown, --quiet or not."""
    if asking or not console.json:
        console.say(text, always=asking)


def _agreed(console: Console, question: str, *, yes: bool) -> None:
    if yes:
        return
    if not console.interactive:
        raise GateRefused("G503", "nobody is there to ask; nothing was written", "add --yes")
    if not console.confirm(question):
        raise GateRefused("G503", "not confirmed; nothing was written")
