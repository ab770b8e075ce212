"""What stays after a destruction, by name and with the commands that take it away."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from jumpcf.artifacts.destruction import Leftover, Scope
from jumpcf.artifacts.manifest import JUMP, Manifest
from jumpcf.artifacts.observed import Observed
from jumpcf.artifacts.plan import StackSetPlan
from jumpcf.planner.changes import section
from jumpcf.planner.words import count

PASSWORDS = "/jump/{estate}/passwords"  # estate/names.py, password_path


def leftovers(
    manifest: Manifest,
    observed: Observed,
    scope: Scope,
    stacks: Collection[str],
    stack_sets: Iterable[StackSetPlan],
) -> tuple[Leftover, ...]:
    """Of the stacks and StackSets that are deleted; `stacks` are names in the jump account."""
    found: list[Leftover] = []
    for one in stack_sets:
        found += _of_stack_set(observed, one)
    if stacks:
        found += _of_jump_account(manifest, scope)
    return tuple(found)


def _of_stack_set(observed: Observed, one: StackSetPlan) -> Iterator[Leftover]:
    live = next(
        each
        for organization in observed.organizations
        if organization.name == one.organization
        for each in organization.stack_sets
        if each.name == one.name
    )
    accounts = {instance.account for instance in live.instances}
    paths = sorted(_retained_paths(observed.templates.get(live.template)))
    if paths and accounts:
        yield Leftover(
            what=f"the boundary policies of {one.name} ({', '.join(paths)})",
            where=f"{count(len(accounts), 'account')} of {one.organization}",
            why="IAM deletes no policy that bounds a role, and roles that the partner made may have them",
            commands=tuple(
                f"for arn in $(aws iam list-policies --scope Local --path-prefix {path} --query 'Policies[].Arn' "
                '--output text); do aws iam delete-policy --policy-arn "$arn"; done'
                for path in paths
            ),
        )
    asleep = sorted(
        change.account for change in one.accounts if change.reason.endswith("AWS cannot delete its stack")
    )
    if asleep:
        yield Leftover(
            what=f"the stack StackSet-{one.name}-… and its roles",
            where=", ".join(asleep),
            why="the account is suspended or has left: AWS deletes nothing there",
        )


def _retained_paths(template: Any) -> set[str]:
    """Paths of the managed policies that a template keeps when it is deleted."""
    return {
        path
        for resource in section(template, "Resources").values()
        if isinstance(resource, dict)
        and resource.get("Type") == "AWS::IAM::ManagedPolicy"
        and str(resource.get("DeletionPolicy", "")).startswith("Retain")
        and isinstance(path := section(resource, "Properties").get("Path"), str)
    }


def _of_jump_account(manifest: Manifest, scope: Scope) -> Iterator[Leftover]:
    path = PASSWORDS.format(estate=manifest.estate) + (f"/{scope.name}" if scope.kind == "partner" else "")
    yield Leftover(
        what=f"initial passwords that nobody took, under {path}",
        where=JUMP,
        why="Parameter Store keeps what no stack made",
        commands=(
            f"aws ssm get-parameters-by-path --recursive --path {path} --query 'Parameters[].Name' --output text "
            "| xargs -r -n 10 aws ssm delete-parameters --names",
        ),
    )
    if scope.kind != "estate":
        return
    yield Leftover(
        what="the KMS key of initial passwords",
        where=JUMP,
        why="KMS deletes it after 30 days; until then its deletion can be taken back",
        commands=("aws kms cancel-key-deletion --key-id KEY",),
    )
    if manifest.password_policy is not None:
        yield Leftover(
            what="the account's password policy",
            where=JUMP,
            why="it holds for users of others as well",
            commands=("aws iam delete-account-password-policy",),
        )
