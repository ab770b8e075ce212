"""`jumpcf bootstrap`."""

import contextlib
import json

import click

from jumpcf.artifacts.bootstrap import Bootstrap
from jumpcf.cli.console import Console
from jumpcf.cli.options import local, organizations, pass_console
from jumpcf.errors import Exit, GateRefused
from jumpcf.pipeline import bootstrapping, building, sandbox


@click.command()
@organizations("bootstrap", jump=True)
@click.option("--repository", metavar="OWNER/NAME", help="The GitHub repository, where params name none yet.")
@click.option(
    "--management-profile",
    metavar="PROFILE",
    help="A profile of the management account, where the admin account is another.",
)
@click.option("--print-policy", is_flag=True, help="Print each role's trust and policies; offline.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask before writing.")
@local
@pass_console
def command(
    console: Console,
    org: tuple[str, ...],
    repository: str | None,
    management_profile: str | None,
    print_policy: bool,
    yes: bool,
    local: bool,
) -> Exit:
    """Trusted access, delegated administrator, and the pipeline's roles; once, by a person.

    \b
    Example: jumpcf bootstrap --org corp --repository example-corp/jump-estate
             jumpcf bootstrap --print-policy

    Shows everything it would do and asks before it writes; what is done already is not done again.
    Without a repository (pipeline: in params/estate.yaml) no roles are made (docs/bootstrap.md).

    Needs in the admin account organizations:DescribeOrganization and ListDelegatedAdministrators,
    cloudformation:DescribeOrganizationsAccess; in the management account
    cloudformation:ActivateOrganizationsAccess, organizations:EnableAWSServiceAccess and
    RegisterDelegatedAdministrator, iam:CreateServiceLinkedRole; for the roles, in the jump and admin
    accounts, cloudformation:*ChangeSet, DescribeStacks, DescribeStackEvents, GetTemplate and
    UpdateTerminationProtection on stack/jump-pipeline*, iam:*Role*, *RolePolicy* and
    *OpenIDConnectProvider* on the pipeline's paths, and sts:GetCallerIdentity.
    """
    folders = console.folders()
    if print_policy:
        policies = bootstrapping.policies(folders, repository)
        console.result(building.encode(policies) if console.json else json.dumps(policies, indent=2))
        return Exit.DONE
    naming = _naming(console, repository, yes) if repository else contextlib.nullcontext()
    with naming, sandbox.world(folders, local=local, say=console.say):
        found = bootstrapping.find(folders, org, management_profile, say=console.say)
        made = found.bootstrap
        asking = console.interactive and not yes and bool(made.steps) and not made.blockers
        console.say(text(made, locked=found.manifest is not None), always=asking)
        _refuse_blocked(console, made)
        if made.steps:
            _confirm(console, "Do this?", yes)
            bootstrapping.do(folders, found, say=console.say)
            if any(one.kind != "stack" for one in made.steps):
                console.say("Next: jumpcf sync, which reads the organization's tree.")
    if console.json:
        console.result(building.encode(made))
    else:
        console.result("Bootstrapped." if made.steps else "Nothing to do.")
    return Exit.DONE


def _refuse_blocked(console: Console, made: Bootstrap) -> None:
    """Everything that stands in the way, the last as the refusal itself."""
    if not made.blockers:
        return
    *others, last = made.blockers
    for other in others:
        console.refusal(GateRefused(other.code, other.what, other.hint))
    raise GateRefused(last.code, last.what, last.hint)


def text(made: Bootstrap, *, locked: bool = True) -> str:
    """What was found and what is to do, for a person; not `locked` where an organization has no lock yet."""
    words = {True: "yes", False: "no", None: "cannot be seen from here"}
    lines = []
    for one in made.standings:
        lines.append(
            f"{one.organization}: trusted access: {words[one.trusted]}; "
            f"delegated administrator {one.admin_account}: "
            f"{'not needed, it is the management account' if one.own else words[one.delegated]}"
        )
    lines += [f"{one.place}: stack {one.name}: {one.state}" for one in made.stacks]
    if not made.stacks and locked:
        lines.append("no pipeline's roles: params/estate.yaml names no repository (--repository OWNER/NAME)")
    if made.steps:
        lines += ["", "To do:"]
        lines += [f"  {one.place} (account {one.account}): {one.what}" for one in made.steps]
    return "\n".join(lines)


def _naming(console: Console, repository: str, yes: bool) -> contextlib.AbstractContextManager[None]:
    """Params get the repository where they name none; another one there is not replaced."""
    from jumpcf.estate.repository import lines_of, named_in

    folders = console.folders()
    named = bootstrapping.repository_of(folders)
    if named == repository:
        return contextlib.nullcontext()
    if named:
        raise GateRefused(
            "G597",
            f"params/estate.yaml names the repository {named}, not {repository}",
            "change it there, or leave --repository out",
        )
    lines = lines_of(repository)
    console.say(f"params/estate.yaml gets:\n{lines}", always=console.interactive and not yes)
    _confirm(console, "Write it?", yes)
    return named_in(folders.root, repository)


def _confirm(console: Console, question: str, yes: bool) -> None:
    if yes:
        return
    if not console.interactive:
        raise GateRefused("G594", "nobody is there to ask; nothing was written", "add --yes")
    if not console.confirm(question):
        raise GateRefused("G594", "not confirmed; nothing was written")
