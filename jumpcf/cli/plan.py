"""`jumpcf plan`."""

from pathlib import Path

import click

from jumpcf.artifacts.effects import broadenings, deletions, plan_digest
from jumpcf.artifacts.plan import Plan
from jumpcf.cli import plan_markdown, plan_view
from jumpcf.cli.build import taken, warn
from jumpcf.cli.console import Console, Output
from jumpcf.cli.options import compiled, local, organizations, pass_console
from jumpcf.errors import Exit
from jumpcf.pipeline import building, rollout, sandbox, stored


@click.command()
@organizations("plan", jump=True)
@local
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 where something would change.")
@click.option(
    "-o",
    "--output",
    type=click.Choice(["table", "json", "markdown"]),
    help="As before the verb; markdown is a comment on a pull request, cut to what GitHub takes.",
)
@click.option(
    "--full",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="With markdown: write the whole text there, uncut.",
)
@click.option(
    "--out",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the plan there as well; 'jumpcf deploy FILE' applies exactly it, or refuses.",
)
@click.option(
    "--outputs",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Append digest=, changes= and review= there, for a later step: GitHub's GITHUB_OUTPUT.",
)
@compiled
@pass_console
def command(
    console: Console,
    org: tuple[str, ...],
    local: bool,
    detailed_exitcode: bool,
    output: Output | None,
    full: Path | None,
    out: Path | None,
    outputs: Path | None,
    compiled: Path | None,
) -> Exit:
    """Show what a deploy would change, by name: StackSets, accounts, stacks.  Reads only.

    \b
    Example: jumpcf plan --org corp
    Example: jumpcf plan --output markdown --full plan.md > comment.md
    Example: jumpcf plan --out tonight.json
    Example: jumpcf -C trusted plan --compiled build     # docs/github-actions.md

    Exit code 5 where nothing would be deployed: the plan is blocked, or somebody leaves whose open sessions no role
    denies (docs/plan-and-deploy.md, Leaving).

    Needs, in the jump account, cloudformation:DescribeStacks, GetTemplate, iam:GetAccountPasswordPolicy,
    ListUsers, GetLoginProfile and ssm:DescribeParameters; in each organization's admin account
    cloudformation:DescribeStackSet, ListStackSets, ListStackInstances, ListStackSetOperations,
    ListStackSetAutoDeploymentTargets, organizations:DescribeOrganization, ListRoots, ListAccounts,
    ListOrganizationalUnitsForParent; in both sts:GetCallerIdentity.
    """
    form = output or console.output
    if full and form != "markdown":
        raise click.UsageError("--full goes with --output markdown")
    if out:
        stored.refuse_other(out)
    folders, built = taken(console, compiled, planning=True)
    warn(console, built)
    with sandbox.world(folders, local=local, say=console.say):
        plan = rollout.plan(
            folders, built.manifest, building.within(built, org) if built.new else org, say=console.say
        ).plan
    plan = building.told(built, plan)
    if out:
        stored.keep(out, plan)
        console.say(f"The plan is in {out}; 'jumpcf deploy {out}' applies exactly it, or refuses.")
    console.result(_shown(console, plan, form, full))
    if outputs:
        _append(outputs, plan)
    if plan.blockers or plan.open_sessions:
        return Exit.GATE
    return Exit.CHANGES if plan.operations and detailed_exitcode else Exit.DONE


def _append(file: Path, plan: Plan) -> None:
    """What a workflow decides by; `review` is true where a deploy would ask for a word of its own."""
    words = {
        "digest": plan_digest(plan),
        "changes": str(bool(plan.operations)).lower(),
        "review": str(bool(broadenings(plan) or deletions(plan))).lower(),
    }
    with file.open("a", encoding="utf-8") as lines:
        lines.writelines(f"{name}={value}\n" for name, value in words.items())


def _shown(console: Console, plan: Plan, form: Output, full: Path | None) -> str | bytes:
    if form == "json":
        return building.encode_plan(plan)
    if form == "table":
        return plan_view.text(plan, console.verbose, console.fold)
    if full:
        full.write_text(plan_markdown.full(plan), encoding="utf-8")
    return plan_markdown.comment(plan, str(full or ""))
