"""The part of a boundary that `strict` adds, and what `relaxed` has in its place: the delegated path.

Under a strict boundary people make, change, pass and take only what lies in their own path, and a role that they
make goes nowhere from there.
"""

import functools

from jumpcf.artifacts.marks import PARTNER_PATH
from jumpcf.iam import arn
from jumpcf.iam.conditions import all_of
from jumpcf.iam.document import Clause, actions, deny


def strict_only(partition: str, delegated_path: str) -> list[Clause]:
    """The Denies of every boundary but a relaxed one."""
    return [
        delegated_only(partition, delegated_path),
        no_other_account(),
        no_chain(partition),
        no_later_template(),
    ]


def relaxed_only(partition: str) -> list[Clause]:
    """What a relaxed boundary denies in their place."""
    return [not_on_delegated_paths(partition)]


def delegated_only(partition: str, delegated_path: str) -> Clause:
    """Strict: make, change, pass and take only what lies in the delegated path, and service-linked roles.

    Without this, existing roles that have no boundary can be passed to a service or taken, the policies on
    them can be rewritten, and PutRolePermissionsBoundary (whose key is the boundary being set) would make
    any role of the account one that may be changed.
    """
    open_to = (
        f"role{delegated_path}*",
        f"policy{delegated_path}*",
        f"instance-profile{delegated_path}*",
        "role/aws-service-role/*",
    )
    return deny(
        "DelegatedOnly",
        action=[
            *actions(
                "iam",
                "*tachRolePolicy",
                "AddRoleToInstanceProfile",
                "CreatePolicy*",
                "CreateRole",
                "DeleteInstanceProfile",
                "DeletePolicy*",
                "DeleteRole*",
                "PassRole",
                "PutRole*",
                "RemoveRoleFromInstanceProfile",
                "SetDefaultPolicyVersion",
                "TagRole",
                "UntagRole",
                "UpdateAssumeRolePolicy",
                "UpdateRole*",
            ),
            *actions("sts", "AssumeRole"),
        ],
        not_resource=[arn.iam(partition, "*", resource) for resource in open_to],
    )


@functools.cache
def no_other_account() -> Clause:
    """Strict: no role of another account, whatever its path; a path alone says nothing of the account.

    aws:ResourceAccount is absent where there is no resource; the negated operator then denies.
    """
    return deny(
        "NoOtherAccount",
        action=actions("sts", "AssumeRole"),
        condition=all_of(("StringNotEquals", "aws:ResourceAccount", "${aws:PrincipalAccount}")),
    )


@functools.cache
def no_chain(partition: str) -> Clause:
    """Strict: a role of the delegated path is taken by a session of a jump role, or by a service; never by
    another role that a partner made.

    Such roles carry neither fence nor end date, and each hop gives a whole new session: two that trust each
    other would hand access on without end, from anywhere, long after the contract.
    """
    return deny(
        "NoChain",
        action=actions("sts", "AssumeRole"),
        condition=all_of(("ArnNotLike", "aws:PrincipalArn", arn.iam(partition, "*", "role/jump/*"))),
    )


@functools.cache
def no_later_template() -> Clause:
    """Strict: an Auto Scaling group names the version of its launch template.

    For $Latest and $Default the right to pass the template's role is not checked again when a version comes
    later (Amazon EC2 Auto Scaling User Guide, "Control Amazon EC2 launch template usage"), and the service's own
    role passes every role: any instance profile of the account could be started.
    """
    return deny(
        "NoLaterTemplate",
        action=actions(
            "autoscaling", "CreateAutoScalingGroup", "StartInstanceRefresh", "UpdateAutoScalingGroup"
        ),
        condition=all_of(("Bool", "autoscaling:LaunchTemplateVersionSpecified", "false")),
    )


@functools.cache
def not_on_delegated_paths(partition: str) -> Clause:
    """Relaxed: no role under /partner/, where strict levels take and pass whatever lies in their own path.

    They look at the path and not at the boundary, so a role put there under this wide boundary would be theirs.
    """
    return deny(
        "NotOnDelegatedPaths",
        action=actions("iam", "CreateRole", "PutRolePermissionsBoundary"),
        resource=[arn.iam(partition, "*", f"role{PARTNER_PATH}*")],
    )
