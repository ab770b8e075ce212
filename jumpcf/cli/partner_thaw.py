"""`jumpcf partner thaw`."""

import datetime

import click

from jumpcf.artifacts.status import gated
from jumpcf.cli import completing, freeze_view, options, plan_view
from jumpcf.cli.console import Console
from jumpcf.cli.gates import Accepted, accepting, leaving_open, pass_gates
from jumpcf.cli.options import local, pass_console
from jumpcf.cli.running import pass_interrupted, pass_unshown, run
from jumpcf.errors import Exit
from jumpcf.pipeline import building, doors, freezing, sandbox
from jumpcf.pipeline.doors import Who
from jumpcf.planner.frozen import brought_back


@click.command()
@click.argument("partner", shell_complete=completing.partners)
@options.one_user("This user alone, who was frozen alone.")
@accepting
@leaving_open
@options.break_lock
@local
@pass_console
def command(
    console: Console,
    partner: str,
    user: str,
    accepted: Accepted,
    break_lock: bool,
    local: bool,
) -> Exit:
    """Open again what freeze closed.

    \b
    Example: jumpcf partner thaw acme
             jumpcf partner thaw acme --user taro.yamada --yes --accept-broadening

    Takes frozen: out of params/partners/PARTNER.yaml, shows the plan of the partner's part, asks for the
    word 'broaden' as deploy does, rolls it out and takes the policy off. Where it is refused, params say
    frozen as before. Sessions from before the freeze that have not ended by themselves work again.

    Needs what deploy needs, and in the jump account iam:GetGroup, GetUser, DetachGroupPolicy and
    DetachUserPolicy.
    """
    who, folders = Who(partner=partner, user=user), console.folders()
    with sandbox.world(folders, local=local, say=console.say):
        to = doors.whole_way(folders)
        state = doors.look(folders, to, who)
        if not (state.closed or state.at):
            console.say(freeze_view.not_frozen(str(who), partner if doors.shut_with_all(to, who) else ""))
            if console.json:
                console.result(building.encode(freezing.nothing_to_open(to, who)))
            return Exit.DONE
        with freezing.thawed(folders, who, say=console.say):
            ready = freezing.prepare(folders, who, say=console.say, closing=False)
            more = (f"jump {state.name}: jump-freeze taken off",) if state.closed else ()
            told = brought_back(state.at, ready.longest, datetime.datetime.now(datetime.UTC))
            text = "\n".join([*told, plan_view.text(ready.prepared.plan, console.verbose, console.fold)])
            pass_gates(console, ready.prepared, accepted, text, break_lock=break_lock, more=more)
            deployed = run(console, folders, ready.prepared, break_lock=break_lock)
            pass_interrupted(deployed, "run it again to open what is closed still")
            made = freezing.opened(folders, to, who, state.at, ready, deployed)
    console.result(
        building.encode(made) if console.json else freeze_view.text(made, file=doors.file_of(partner))
    )
    for one in doors.frozen_alone(to, who):
        console.say(f"{one} stays frozen by his own entry: jumpcf partner thaw {partner} --user {one}")
    pass_unshown(gated(deployed.outcomes.values()))
    return Exit.DONE if made.whole else Exit.NOT_AS_WANTED
