"""`jumpcf local fault …`: what goes wrong in the embedded AWS, on demand."""

from dataclasses import asdict

import click

from jumpcf.cli.console import Console
from jumpcf.cli.options import pass_console
from jumpcf.local.fault_words import ACTIONS, NAMED, REASON, seconds, sentence
from jumpcf.local.records import Fault
from jumpcf.pipeline import building, sandbox


def span(text: str) -> float:
    """A span of time in seconds; click shows the name of this function as the argument's kind."""
    return _seconds(text, signed=False)


def jump(text: str) -> float:
    """A jump of the clock in seconds."""
    return _seconds(text, signed=True)


def _seconds(text: str, *, signed: bool) -> float:
    found = seconds(text, signed=signed)
    if found is None:
        raise click.BadParameter(f"{text!r} is no time: write 80ms, 30s, 10m, 2h or 3d")
    return found


class Jump(click.Command):
    """A command whose argument may begin with a minus, which click takes for options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        given = ["--", *args] if args and seconds(args[0], signed=True) is not None else args
        return super().parse_args(ctx, given)


_times = click.option(
    "--times", type=click.IntRange(1), help="How often it strikes; without it, until cleared."
)
_service = click.option("--service", default="", help="Only this service, such as cloudformation.")


@click.group()
def command() -> None:
    """Let something go wrong in the embedded AWS, as it does in AWS.

    \b
    Example: jumpcf local fault account 441000000002 --times 2
             jumpcf deploy --local
             jumpcf local fault list
             jumpcf local fault clear

    Faults are kept with the state, and reach a running `jumpcf local serve`, or a verb with --local that
    runs in another shell, at once. A file does the same: .jumpcf/local/faults.yaml (docs/local.md).
    """


@command.command()
@click.argument("account")
@click.option("--times", type=click.IntRange(1), default=1, show_default=True, help="How often it fails.")
@click.option("--always", is_flag=True, help="Until it is cleared.")
@click.option("--stackset", default="", help="Only this StackSet's work.")
@click.option("--action", type=click.Choice(ACTIONS), default=None, help="Only this kind of work.")
@click.option("--reason", default=REASON, help="What AWS says of it.")
@pass_console
def account(
    console: Console,
    account: str,
    times: int,
    always: bool,
    stackset: str,
    action: str | None,
    reason: str,
) -> None:
    """StackSets' work in an account fails.

    \b
    Example: jumpcf local fault account 441000000002 --reason "quota reached"

    Needs no credentials and no network.
    """
    fault = Fault("account", account, stackset, (action or "").upper(), reason=reason)
    fault.times = None if always else times
    _add(console, fault)


@command.command("name-taken")
@click.argument("account")
@click.argument("name")
@click.option("--type", "kind", type=click.Choice(NAMED), default="role", show_default=True, help="Of what.")
@pass_console
def name_taken(console: Console, account: str, name: str, kind: str) -> None:
    """A name in an account belongs to somebody else already.

    \b
    Example: jumpcf local fault name-taken 441000000002 acme-dev-Power
             jumpcf local fault name-taken 111111111111 acme-members --type group

    Needs no credentials and no network.
    """
    _add(console, Fault("name-taken", account, action=kind, name=name))


@command.command()
@click.option(
    "--rate", type=click.FloatRange(0, min_open=True), required=True, help="Calls a second that pass."
)
@_service
@_times
@pass_console
def throttle(console: Console, rate: float, service: str, times: int | None) -> None:
    """Calls above a rate are refused as throttled.

    \b
    Example: jumpcf local fault throttle --rate 5 --service cloudformation

    Each account and service has a rate of its own, and a burst of a second's worth.

    Needs no credentials and no network.
    """
    _add(console, Fault("throttle", rate=rate, service=service, times=times))


@command.command()
@click.argument("delay", type=span)
@_service
@pass_console
def latency(console: Console, delay: float, service: str) -> None:
    """Every answer takes longer.

    \b
    Example: jumpcf local fault latency 80ms

    Needs no credentials and no network.
    """
    _add(console, Fault("latency", seconds=delay, service=service))


@command.command()
@click.argument("stackset")
@click.option("--for", "lasting", type=span, default="30s", show_default=True, help="How long.")
@pass_console
def occupy(console: Console, stackset: str, lasting: float) -> None:
    """Somebody else's operation holds a StackSet (from when there is one of this name).

    \b
    Example: jumpcf local fault occupy jump-acme-dev --for 1m

    Needs no credentials and no network.
    """
    _add(console, Fault("occupy", stack_set=stackset, seconds=lasting))


@command.command("lose-answer")
@click.argument("operation")
@click.option("--times", type=click.IntRange(1), default=1, show_default=True, help="How often.")
@pass_console
def lose_answer(console: Console, operation: str, times: int) -> None:
    """A call takes effect, and its answer is lost on the way back.

    \b
    Example: jumpcf local fault lose-answer CreateStackInstances

    boto3 tries a call ten times, so ten losses are what jumpcf itself gets to see.

    Needs no credentials and no network.
    """
    _add(console, Fault("lose-answer", action=operation, times=times))


@command.command()
@click.option("--after", type=click.IntRange(0), default=0, help="Calls that go through first.")
@click.option("--for", "lasting", type=span, help="How long, from the first dropped call.")
@_times
@pass_console
def disconnect(console: Console, after: int, lasting: float | None, times: int | None) -> None:
    """The endpoint goes away: connections end without an answer, until it is cleared.

    \b
    Example: jumpcf local fault disconnect --after 60 --for 20s

    Needs no credentials and no network.
    """
    _add(console, Fault("disconnect", after=after, seconds=lasting or 0.0, times=times))


@command.command()
@click.argument("account")
@pass_console
def scp(console: Console, account: str) -> None:
    """A service control policy denies stacksets-exec-* in an account.

    \b
    Example: jumpcf local fault scp 441000000002

    Needs no credentials and no network.
    """
    _add(console, Fault("scp", account))


@command.command()
@click.argument("account")
@pass_console
def suspend(console: Console, account: str) -> None:
    """An account is suspended; clearing the fault takes it back.

    \b
    Example: jumpcf local fault suspend 441000000002

    Needs no credentials and no network.
    """
    _add(console, Fault("suspend", account))


@command.command()
@click.argument("account")
@click.option("--to", required=True, metavar="OU", help="Its path (/Workloads/Prod) or id.")
@click.option("--during", default="", metavar="STACKSET", help="When an operation on it has begun; else now.")
@pass_console
def move(console: Console, account: str, to: str, during: str) -> None:
    """An account moves to another OU; clearing the fault does not move it back.

    \b
    Example: jumpcf local fault move 441000000002 --to /Workloads/Prod

    Needs no credentials and no network.
    """
    _add(console, Fault("move", account, stack_set=during, unit=to))


@command.command(cls=Jump)
@click.argument("by", type=jump)
@pass_console
def clock(console: Console, by: float) -> None:
    """AWS's clock jumps; clearing the fault takes it back.

    \b
    Example: jumpcf local fault clock +3d
             jumpcf local fault clock -1h

    Needs no credentials and no network.
    """
    _add(console, Fault("clock", seconds=by))


@command.command()
@click.argument("by", type=span)
@pass_console
def skew(console: Console, by: float) -> None:
    """This machine's clock is wrong: beyond 5 minutes (S3: 15), AWS refuses every request.

    \b
    Example: jumpcf local fault skew 10m

    Needs no credentials and no network.
    """
    _add(console, Fault("skew", seconds=by))


@command.command("list")
@pass_console
def list_(console: Console) -> None:
    """Every fault, what is left of it and what it did.

    \b
    Example: jumpcf local fault list

    Needs no credentials and no network.
    """
    _show(console, sandbox.faults(console.folders(), ()))


@command.command()
@click.argument("number", type=click.IntRange(1), nargs=-1)
@pass_console
def clear(console: Console, number: tuple[int, ...]) -> None:
    """Take faults out by their number in the list, and undo them; none named means all.

    \b
    Example: jumpcf local fault clear 2

    Moves that were made stay made.

    Needs no credentials and no network.
    """
    left = sandbox.faults(console.folders(), (), clear=number)
    console.say("Cleared.")
    _show(console, left)


def _add(console: Console, fault: Fault) -> None:
    _show(console, sandbox.faults(console.folders(), (fault,)))


def _show(console: Console, found: tuple[Fault, ...]) -> None:
    if console.json:
        console.result(building.encode([asdict(fault) for fault in found]))
        return
    for number, fault in enumerate(found, 1):
        source = f"  [{fault.source}]" if fault.source else ""
        console.result(f"{number:3}  {sentence(fault)}{source}")
    if not found:
        console.say("No faults.")
