"""`jumpcf partner freeze`."""

import click

from jumpcf.artifacts.freezing import Freezing
from jumpcf.cli import completing, freeze_view, options, plan_view
from jumpcf.cli.console import Console
from jumpcf.cli.gates import Accepted, acceptance_option, lacks, pass_gates
from jumpcf.cli.options import local, pass_console
from jumpcf.cli.running import run
from jumpcf.errors import Exit, JumpcfError, Problem, ProblemsFound
from jumpcf.pipeline import building, doors, freezing, sandbox
from jumpcf.pipeline.doors import Shut, Who
from jumpcf.pipeline.folders import Folders

WAITS = (
    "Params hold changes of the partner in the jump account that somebody must accept or mend: they are left to a "
    "deploy, and the fences do not wait for them. Until then drift calls the freeze there something done by hand."
)


@click.command()
@click.argument("partner", shell_complete=completing.partners)
@click.option(
    "--reason", required=True, metavar="TEXT", help="Why: the incident's number. It stands in params."
)
@options.one_user("This user alone.")
@acceptance_option(
    "--accept-broadening",
    "Where params hold other changes of the partner that give more: roll them out as well.",
)
@acceptance_option("--accept-deletion", "The same for changes that take something away.")
@options.break_lock
@local
@pass_console
def command(
    console: Console,
    partner: str,
    reason: str,
    user: str,
    accept_broadening: str,
    accept_deletion: str,
    break_lock: bool,
    local: bool,
) -> Exit:
    """Deny a partner, or one user, everything, at once.

    \b
    Example: jumpcf partner freeze acme --reason INC-42
             jumpcf partner freeze acme --user taro.yamada --reason INC-42

    First, by API in the jump account alone, no new session and no call there any more; it waits for no
    build, no lock and no organization. Then frozen: is written into params/partners/PARTNER.yaml, and the
    partner's StackSets are updated everywhere at once, so that sessions that exist already are denied. It
    asks nothing. It says what is closed, what is open still and until when; exit code 3 while anything is.

    Needs, in the jump account, iam:GetGroup, GetUser, ListUsers, ListAttachedGroupPolicies,
    ListAttachedUserPolicies, AttachGroupPolicy, AttachUserPolicy, GetPolicy, GetPolicyVersion for the first
    part, and what deploy needs for the second (docs/people.md; without jumpcf: docs/break-glass.md).
    """
    who, folders = Who(partner=partner, user=user), console.folders()
    accepted = Accepted(yes=True, broadening=accept_broadening, deletion=accept_deletion)
    with sandbox.world(folders, local=local, say=console.say):
        shut = doors.shut(folders, who, _told(reason))
        console.say(f"{who}: {_first(shut)}")
        made = _rest(console, folders, shut, accepted, break_lock=break_lock)
        if shut.refused and made.closed:  # the jump account answers again: its stack was looked at since
            shut = doors.shut(folders, who, shut.reason, anew=True)
            console.say(f"{who}, once more: {_first(shut)}")
            if not shut.refused:
                made = _rest(console, folders, shut, accepted, break_lock=break_lock)
    console.result(
        building.encode(made) if console.json else freeze_view.text(made, file=doors.file_of(partner))
    )
    if shut.refused:
        raise shut.refused
    return Exit.DONE if made.whole else Exit.NOT_AS_WANTED


def _told(reason: str) -> str:
    """A reason as params take it: a word at least, in one line."""
    words = " ".join(reason.split())
    if not words or len(words) > 500 or not words.isprintable():
        raise click.UsageError("--reason: write at least a word and 500 characters at most, in one line")
    return words


def _first(shut: Shut) -> str:
    if shut.refused:
        return "the door in the jump account could not be closed; going on with the rest"
    return f"closed in the jump account since {shut.at}; now the sessions that exist already"


def _rest(
    console: Console, folders: Folders, shut: Shut, accepted: Accepted, *, break_lock: bool
) -> Freezing:
    """The slow part.  Whatever refuses it is told at the end, beside what is closed already."""
    ready, deployed, stopped = None, None, None
    try:
        if shut.unwritten:
            raise shut.unwritten
        ready = freezing.prepare(folders, shut.who, say=console.say, closing=True)
        if shut.left or _is_stopped(ready, accepted):
            ready, whole = freezing.fences_alone(ready), ready
            if _is_stopped(whole, accepted) and not _is_stopped(ready, accepted):
                console.say(WAITS)
        text = plan_view.text(ready.prepared.plan, console.verbose, console.fold)
        pass_gates(console, ready.prepared, accepted, text, break_lock=break_lock)
        deployed = run(console, folders, ready.prepared, break_lock=break_lock)
    except JumpcfError as refused:
        stopped = refused
    except OSError as error:  # a full disk beneath build/ or .jumpcf/: what is closed is told all the same
        what = f"the file cannot be written: {error.strerror}"
        stopped = ProblemsFound([Problem(str(error.filename), 0, 0, "E110", what)])
    seconds = ready.longest if ready else freezing.longest(folders, shut.who.partner)
    return freezing.closing(shut, ready, deployed, stopped, seconds)


def _is_stopped(ready: freezing.Ready, accepted: Accepted) -> bool:
    """Whether a gate would."""
    plan = ready.prepared.plan
    return bool(plan.blockers) or lacks(plan, accepted)
