"""`jumpcf deploy`."""

from pathlib import Path

import click

from jumpcf.artifacts.manifest import Manifest
from jumpcf.artifacts.status import Failed
from jumpcf.cli import options, plan_view
from jumpcf.cli.build import taken, warn
from jumpcf.cli.console import Console
from jumpcf.cli.gates import ANY, Accepted, accepting, leaving_open, pass_gates
from jumpcf.cli.options import local, organizations, pass_console
from jumpcf.cli.running import report, run
from jumpcf.errors import Exit
from jumpcf.pipeline import resuming, rollout, sandbox, stored
from jumpcf.pipeline.folders import Folders
from jumpcf.pipeline.resuming import unfinished

AFTER = {
    "deploy": "broke off; this deploy does what is left of it and whatever is new.",
    "repair": "of jumpcf repair broke off; run repair again for the rest, a deploy does not do it.",
    "destroy": "of jumpcf destroy broke off; this deploy gives again what that took and params still name.",
    "partner freeze": "of jumpcf partner freeze broke off; run it again, it says what is open.",
    "partner thaw": "of jumpcf partner thaw broke off; this deploy opens the roles that it left closed; run thaw "
    "again for the door in the jump account, or partner freeze.",
}
"""What a deploy says of a run that broke off before it, by the verb of that run."""


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@organizations("deploy to", jump=True)
@local
@options.break_lock
@click.option(
    "--resume",
    is_flag=True,
    help="Go on with the last run that broke off: what was accepted then is not asked again.",
)
@options.compiled
@accepting
@leaving_open
@pass_console
def command(
    console: Console,
    file: Path | None,
    org: tuple[str, ...],
    local: bool,
    accepted: Accepted,
    break_lock: bool,
    resume: bool,
    compiled: Path | None,
) -> Exit:
    """Roll out: the jump account's stacks first, then the StackSets of every organization.

    \b
    Example: jumpcf deploy --org corp
             jumpcf deploy --yes --accept-broadening=0a1b2c3d4e5f
             jumpcf plan --out tonight.json; jumpcf deploy tonight.json

    FILE is what 'plan --out' wrote: exactly that is applied, or nothing, with the reason.
    What is broadened and what is taken away need a word each: typed, or as a flag.
    People who leave or change partner lose password, keys and MFA devices before all else. Of whom params do not
    say that he left (jumpcf user remove), the sessions of roles that he has open would go on: a word as well.
    Ends with one line per wanted account; exit code 3 where one is not as wanted, or where anything failed.

    One deploy at a time: it holds a lock in the artifact bucket (docs/recovery.md).

    Needs what plan needs, and in the jump account cloudformation:*ChangeSet, Describe*, DeleteStack,
    UpdateTerminationProtection, the writes of what its stacks hold, iam:UpdateAccountPasswordPolicy, and
    s3:ListBucket, GetObject, PutObject on the artifact bucket; for initial passwords
    iam:CreateLoginProfile, GetUser, DeleteLoginProfile, ssm:PutParameter, AddTagsToResource,
    RemoveTagsFromResource, ListTagsForResource and DeleteParameter; where people leave, what user offboard
    needs; in each organization's admin account cloudformation:*StackSet*, *StackInstances and
    organizations:Describe*, List*.
    """
    plan_file = _loaded(file, org, resume)
    if resume:  # was accepted when the run began, and what is left is no more
        accepted = Accepted(yes=True, broadening=ANY, deletion=ANY, open_sessions=ANY)
    folders, built = taken(console, compiled)
    warn(console, built)
    with sandbox.world(folders, local=local, say=console.say):
        prepared, earlier = (
            _left(console, folders, built.manifest, org, break_lock)
            if resume
            else (_planned(console, folders, built.manifest, org, plan_file), ())
        )
        text = plan_view.text(prepared.plan, console.verbose, console.fold)
        pass_gates(console, prepared, accepted, text, break_lock=break_lock)
        deployed = run(console, folders, prepared, break_lock=break_lock)
    return report(console, deployed, earlier)


def _planned(
    console: Console, folders: Folders, manifest: Manifest, org: tuple[str, ...], file: stored.Loaded | None
) -> rollout.Prepared:
    """A new plan, or the file's where it still holds; says of a run that broke off before it."""
    if file:
        prepared = stored.plan(folders, manifest, file, say=console.say)
    else:
        prepared = rollout.plan(folders, manifest, org, say=console.say, deploying=True)
    dead = unfinished(prepared.lock)
    if dead and dead.verb in AFTER:  # others hold the lock without a run of their own
        console.say(f"Run {dead.run} {AFTER[dead.verb]}")
    return prepared


def _loaded(file: Path | None, org: tuple[str, ...], resume: bool) -> stored.Loaded | None:
    if file and resume:
        raise click.UsageError("--resume goes on with the run's own plan: it takes no FILE.")
    if file and org:
        raise click.UsageError("FILE says which organizations; --org does not go with it")
    return stored.load(file) if file else None


def _left(
    console: Console, folders: Folders, manifest: Manifest, org: tuple[str, ...], break_lock: bool
) -> tuple[rollout.Prepared, tuple[Failed, ...]]:
    """What is left of the last run, and what failed in it and is not done again; its organizations are its own."""
    if org:
        raise click.UsageError("--resume goes on where the run was: it takes no --org.")
    found = resuming.resume(folders, manifest, break_lock=break_lock, say=console.say)
    console.say(f"Left of run {found.run}:")
    return found.prepared, found.failed
