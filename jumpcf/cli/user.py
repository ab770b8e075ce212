"""`jumpcf user …`: people of partners."""

import sys
from pathlib import Path

import click

from jumpcf.cli import completing, fail_on, options
from jumpcf.cli.build import taken, warn
from jumpcf.cli.console import Console
from jumpcf.cli.gates import confirmed, lock_gate
from jumpcf.cli.options import at_option, form_option, local, partner_and_user, pass_console
from jumpcf.errors import Exit, GateRefused
from jumpcf.pipeline import building, people, sandbox
from jumpcf.planner.people import WORDS, met


@click.group()
def command() -> None:
    """People of partners: who there is and who keeps the rules, first passwords, emergencies.

    \b
    Example: jumpcf user list
             jumpcf user status acme
             jumpcf user remove acme taro.yamada
             jumpcf user offboard acme taro.yamada
             jumpcf user password acme taro.yamada
             jumpcf user withdraw --yes
    """


@command.command("list")
@options.partner()
@at_option
@form_option
@pass_console
def list_(console: Console, partner: str | None, at: str | None, output: str | None) -> None:
    """Who is in params, with groups, grants and last day, and who left.

    \b
    Example: jumpcf user list --partner acme
             jumpcf user list -o csv > people.csv

    Read from params/ alone: nothing is compiled, and AWS is not asked. -v before the verb adds the addresses.
    Needs no credentials and no network.
    """
    from jumpcf.cli import roster_view
    from jumpcf.pipeline import roster

    made = roster.roster(console.folders(), partner, at)
    form = console.form(output)
    console.result(
        building.encode(made) if form == "json" else roster_view.users(made, form, console.verbose)
    )


@command.command(short_help="Who has a password, MFA and keys; what breaks the rules.")
@click.argument("partner", shell_complete=completing.partners, required=False)
@click.argument("user", shell_complete=completing.users, required=False)
@form_option
@fail_on.option(WORDS)
@local
@pass_console
def status(
    console: Console,
    partner: str | None,
    user: str | None,
    output: str | None,
    fail: fail_on.Words,
    local: bool,
) -> Exit:
    """Password, MFA, keys, last sign-in and groups of everybody, of a partner's people or of one.

    \b
    Example: jumpcf user status acme
             jumpcf user status --fail-on no-mfa,stale-45d,keys     # for a nightly job

    From IAM and its credential report, which AWS makes anew every four hours at most; what differs from params/
    and what breaks the CIS AWS Foundations Benchmark v3.0.0 is told as findings (docs/people.md). Without
    --fail-on the exit code is 0. -v before the verb names everybody, with groups and every key.

    Needs, in the jump account, iam:GenerateCredentialReport, GetCredentialReport, ListUsers,
    GetAccountAuthorizationDetails, GetLoginProfile, ListMFADevices, ListAccessKeys, GetAccessKeyLastUsed.
    """
    from jumpcf.cli import people_view
    from jumpcf.pipeline import people_status

    folders = console.folders()
    with sandbox.world(folders, local=local, say=console.say):
        made = people_status.people_status(folders, partner, user, say=console.say)
    form = console.form(output)
    console.result(building.encode(made) if form == "json" else people_view.text(made, form, console.verbose))
    return fail_on.verdict(console, fail, {word: met(made, word) for word in fail})


@command.command()
@partner_and_user
@click.option("--new", is_flag=True, help="Make another one first, if the user has never used his.")
@local
@pass_console
def password(console: Console, partner: str, user: str, new: bool, local: bool) -> Exit:
    """Show a user's initial password, once, to you at this terminal.

    \b
    Example: jumpcf user password acme taro.yamada

    Who was shown it and when is noted in the parameter's tags; nobody is shown it again. It must be
    changed at the first sign-in, and is withdrawn if nobody uses it (docs/people.md).

    Needs, in the jump account, ssm:GetParameter, ListTagsForResource, AddTagsToResource and
    DeleteParameter on parameter/jump/<estate>/passwords/*, kms:Decrypt on the estate's key,
    iam:GetUser and GetLoginProfile; with --new what deploy needs for passwords, and its lock.
    """
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)):
        hint = "run it yourself, without a pipe and outside CI"
        raise GateRefused("G559", "a password is shown to a person at a terminal only", hint)
    folders = console.folders()
    built = building.build(folders, say=console.say)
    warn(console, built)
    with sandbox.world(folders, local=local, say=console.say):
        handed = people.hand_over(folders, built.manifest, partner, user, new=new, say=console.say)
        # straight to the terminal: no log, no result, no rich
        click.echo(f"Sign in   {handed.url}")
        click.echo(f"User      {handed.user}")
        click.echo(f"Password  {handed.password.reveal()}")
        console.say("It must be changed at the first sign-in. Nobody is shown it again.")
        if click.confirm("Delete it from Parameter Store now?", default=False, err=True):
            people.forget(built.manifest, handed.parameter)
            console.say("Deleted.")
    return Exit.DONE


@command.command(short_help="Take back the initial passwords that nobody used in time.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask; for a nightly job.")
@local
@options.compiled
@pass_console
def withdraw(console: Console, yes: bool, local: bool, compiled: Path | None) -> Exit:
    """Withdraw initial passwords that nobody used within passwords.expire_unused_after, and nothing else.

    \b
    Example: jumpcf user withdraw
             jumpcf user withdraw --yes     # every night

    What of this the next deploy would do, also while that is blocked or waits for people; their acceptance holds
    afterwards. What is stored and opens nothing any more is deleted as well. Reads the jump account alone and runs
    under the deploy lock; each password is looked at once more, and one that was used meanwhile stays. Exit code 3
    where one could not be withdrawn, 5 where somebody deploys (whose deploy does it) or nobody confirmed.

    Needs what plan needs in the jump account, and there iam:GetUser, DeleteLoginProfile, ssm:DeleteParameter on
    parameter/jump/<estate>/passwords/*, and s3:ListBucket, GetObject, PutObject on the artifact bucket.
    """
    from jumpcf.cli import running, withdraw_view
    from jumpcf.pipeline import withdrawing

    folders, built = taken(console, compiled)
    warn(console, built)
    with sandbox.world(folders, local=local, say=console.say):
        prepared = withdrawing.prepare(folders, built.manifest, say=console.say)
        if prepared.plan.operations:
            lock_gate(console, prepared.lock, break_lock=False)
            confirmed(console, withdraw_view.wanted(prepared.plan), "Withdraw these?", yes=yes)
        deployed = running.show(console, folders, prepared, withdrawing.withdraw)
    made = withdrawing.withdrawn(prepared, deployed)
    console.result(building.encode(made) if console.json else withdraw_view.text(made))
    running.pass_interrupted(deployed, "run it again for the rest")
    return Exit.DONE if made.whole else Exit.NOT_AS_WANTED


@command.command(short_help="Take a user out of params, whose open sessions are denied from then on.")
@partner_and_user
@click.option("--unlisted", is_flag=True, help="His line is gone from users already: put him under left.")
@pass_console
def remove(console: Console, partner: str, user: str, unlisted: bool) -> None:
    """Move a user from users to left in his partner's file, as an edit that leaves everything else as it was.

    \b
    Example: jumpcf user remove acme taro.yamada
             jumpcf user remove acme ken.mori --unlisted

    The next deploy takes his password, keys and MFA devices, deletes him, and denies him in every role of his
    partner what he has open there (docs/plan-and-deploy.md, Leaving). AWS is not asked; nothing else is written.
    For somebody who must be out now there is user offboard. Needs no credentials and no network.
    """
    from jumpcf.cli import offboard_view

    made = people.remove(console.folders(), partner, user, unlisted=unlisted)
    console.result(building.encode(made) if console.json else offboard_view.removed(made))


@command.command(short_help="Take everything from a user at once, for an emergency.")
@partner_and_user
@click.option("--yes", is_flag=True, help="Do not ask for the name to be typed; for scripts.")
@local
@pass_console
def offboard(console: Console, partner: str, user: str, yes: bool, local: bool) -> Exit:
    """Take everything from a user at once: password, keys, MFA devices, memberships.  For an emergency.

    \b
    Example: jumpcf user offboard acme taro.yamada

    What a deploy does for whoever leaves params, without plan or build. He is moved from users to left in his
    partner's file: the deploy that follows deletes him and denies what he has open in the target roles. The
    policy jump-freeze is attached to him, which denies him everything until he is deleted; groups are taken
    first and the one with the Denies last, then IAM is read again and what it shows is printed. What is refused
    keeps nothing else from being taken. May be repeated, also where it was broken off in the middle. Only a
    user under the partner's path with his tag is touched. Asks for the name to be typed. Exit code 3 where
    something is left, or the policy is not on.

    Needs, in the jump account, iam:RemoveUserFromGroup on its groups, DeleteVirtualMFADevice on mfa/*,
    ListUsers, and on user/partner/* GetUser, ListGroupsForUser, GetLoginProfile, DeleteLoginProfile,
    ListAccessKeys, UpdateAccessKey, DeleteAccessKey, ListMFADevices, DeactivateMFADevice,
    ListSigningCertificates, DeleteSigningCertificate, ListSSHPublicKeys, DeleteSSHPublicKey,
    ListServiceSpecificCredentials, DeleteServiceSpecificCredential, ListAttachedUserPolicies,
    AttachUserPolicy, DetachUserPolicy, ListUserPolicies, DeleteUserPolicy; GetPolicy and GetPolicyVersion on
    policy/jump/jump-freeze; ssm:DeleteParameter on parameter/jump/<estate>/passwords/*.
    """
    from jumpcf.cli import offboard_view
    from jumpcf.pipeline import emergency

    folders = console.folders()
    with sandbox.world(folders, local=local, say=console.say):
        found = emergency.find(folders, partner, user, say=console.say)
        if found.user is not None and not yes:
            typed(console, user, offboard_view.question(f"{partner}/{user}", found.user["Arn"]))
        made = emergency.offboard(folders, found, say=console.say)
    console.result(building.encode(made) if console.json else offboard_view.text(made))
    return Exit.NOT_AS_WANTED if made.state == "partly" else Exit.DONE


def typed(console: Console, user: str, question: str) -> None:
    """Goes on where a person types the user's name; GateRefused where nobody does."""
    if not console.interactive:
        raise GateRefused("G576", f"nobody is there to type {user}; nothing was written", "add --yes")
    if console.typed(question) != user:
        raise GateRefused("G576", f"{user} was not typed; nothing was written")
