"""`jumpcf destroy`."""

import click

from jumpcf.artifacts.destruction import Destruction, Scope
from jumpcf.artifacts.status import gated
from jumpcf.cli import destroy_view, options, progress
from jumpcf.cli.console import Console
from jumpcf.cli.gates import lock_gate, refuse_blocked
from jumpcf.cli.options import local, pass_console
from jumpcf.cli.running import interruptible, pass_unshown
from jumpcf.errors import Exit, GateRefused, Interrupted
from jumpcf.estate.similar import did_you_mean
from jumpcf.pipeline import building, sandbox, upkeep


@click.command()
@options.organization("The StackSets of this organization, with all their roles.")
@options.partner("This partner's people, groups and roles, everywhere.")
@click.option("--all", "everything", is_flag=True, help="The whole estate, the artifact bucket last.")
@click.option("--confirm", metavar="NAME", default="", help="The name, where nobody can type it.")
@click.option("--accept-deletion", is_flag=True, help="Needed with --confirm, where nobody can be asked.")
@options.break_lock
@local
@pass_console
def command(
    console: Console,
    org: str | None,
    partner: str | None,
    everything: bool,
    confirm: str,
    accept_deletion: bool,
    break_lock: bool,
    local: bool,
) -> Exit:
    """Take away an organization's, a partner's or the whole estate's access.

    \b
    Example: jumpcf destroy --partner acme

    People lose password, keys and MFA devices first, then the jump account's stacks go, then
    the StackSets with their roles. What is not jumpcf's is never touched, and params/ are not
    changed. Asks for the name to be typed; what stays is listed with the commands that take it.

    Needs what deploy needs, and with --all s3:List*, DeleteObjectVersion, DeleteBucket,
    AbortMultipartUpload and GetBucketTagging on the artifact bucket (docs/upkeep.md).
    """
    if sum((org is not None, partner is not None, everything)) != 1:
        raise click.UsageError("name one of --org, --partner and --all")
    folders = console.folders()
    manifest = building.build(folders, lint=False, say=console.say).manifest
    scope = _scope(org, partner, manifest.estate)
    with sandbox.world(folders, local=local, say=console.say):
        found = upkeep.destruction(folders, manifest, scope, say=console.say)
        told = found.destruction
        known = scope.kind != "partner" or any(one.partner == scope.name for one in manifest.stacks)
        if told.is_done and not known:
            partners = {one.partner for one in manifest.stacks if one.partner}
            hint = did_you_mean(scope.name, partners)
            raise GateRefused("G542", f"neither params/ nor AWS know {scope}; nothing was written", hint)
        if not console.json:
            console.say(destroy_view.text(told), always=console.interactive)
        _gate(console, told, confirm, accept_deletion)
        if told.is_done:
            return ended(console, told, told)
        lock_gate(console, found.prepared.lock, break_lock=break_lock)
        with progress.shown(console) as subscriber, interruptible(subscriber.notice) as stop:
            destroyed = upkeep.destroy(
                folders, found, subscriber, stop, say=console.say, break_lock=break_lock
            )
    if stop.is_set():
        raise Interrupted(
            "G505", "interrupted before everything had been started", "run destroy again to finish"
        )
    return ended(console, told, destroyed.after, gated(destroyed.outcomes.values()))


def _scope(org: str | None, partner: str | None, estate: str) -> Scope:
    if org is not None:
        return Scope(kind="organization", name=org)
    if partner is not None:
        return Scope(kind="partner", name=partner)
    return Scope(kind="estate", name=estate)


def ended(console: Console, before: Destruction, after: Destruction, refused: tuple[str, ...] = ()) -> Exit:
    """Tell what is there no more and what is; then stop where a change set was refused."""
    console.result(building.encode(after) if console.json else destroy_view.result(before, after))
    pass_unshown(refused)
    return Exit.DONE if after.is_done else Exit.NOT_AS_WANTED


def _gate(console: Console, told: Destruction, confirm: str, accepted: bool) -> None:
    """Blockers never pass; nothing is destroyed whose name nobody wrote."""
    refuse_blocked(console, told.plan)
    if told.is_done:
        return
    name = told.scope.name
    if confirm and confirm != name:
        raise GateRefused("G541", f"--confirm {confirm} is not {name}; nothing was written")
    if not console.interactive:
        lacking = [
            flag
            for flag, given in ((f"--confirm {name}", confirm), ("--accept-deletion", accepted))
            if not given
        ]
        if lacking:
            raise GateRefused(
                "G541",
                f"nobody is there to confirm that {told.scope} is destroyed",
                f"add {' and '.join(lacking)}",
            )
        return
    if not confirm and console.typed(f"This destroys {told.scope}. Type '{name}' to go on") != name:
        raise GateRefused("G541", "its name was not typed; nothing was written")
