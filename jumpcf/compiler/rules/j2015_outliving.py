"""J2015: what gives access goes with its stack.

A user, role or policy that CloudFormation leaves behind (DeletionPolicy, UpdateReplacePolicy) is of no stack any
more: no plan shows it, and no removal ends it.  A user or group under a Condition is there or not by what no diff of
params shows.  A policy that is nothing but a boundary gives nothing, and may stay: IAM does not delete one that
roles still have, and those may be the partner's own.
"""

from collections.abc import Iterator

from jumpcf.compiler.rules.base import Finding, Rendered, Rule

CODE = "J2015"
KEPT = ("DeletionPolicy", "UpdateReplacePolicy")
PEOPLE = ("AWS::IAM::Group", "AWS::IAM::User")
KINDS = (
    *PEOPLE,
    "AWS::IAM::AccessKey",
    "AWS::IAM::GroupPolicy",
    "AWS::IAM::InstanceProfile",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::IAM::RolePolicy",
    "AWS::IAM::UserPolicy",
    "AWS::IAM::UserToGroupAddition",
)
HINT = "leave the attribute out: whoever is taken out of params would stay in AWS, unseen"


def check(template: Rendered, path: str) -> Iterator[Finding]:
    for title, resource in template.body["Resources"].items():
        if resource["Type"] not in KINDS:
            continue
        for attribute in KEPT:
            value = resource.get(attribute, "Delete")
            if value != "Delete" and not _is_boundary_alone(template, title):
                yield Finding(code=CODE, title=title, message=f"has {attribute} {value}", hint=HINT)
        # in a grant's template J2008 asks for one that is true in every account that may have the resource
        if template.per != "grant" and resource["Type"] in PEOPLE and "Condition" in resource:
            message = f"is there only by the Condition {resource['Condition']}"
            yield Finding(code=CODE, title=title, message=message, hint=HINT)


def _is_boundary_alone(template: Rendered, title: str) -> bool:
    uses = [policy.uses for policy, _ in template.policies if policy.title == title]
    return uses == [frozenset({"boundary"})]


RULE = Rule(
    code=CODE,
    meaning="A user, group, role or policy would outlive its stack, or a user or group depends on a Condition.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html",
    check=check,
)
