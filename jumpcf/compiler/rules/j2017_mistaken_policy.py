"""J2017: no policy of a grant's template is taken for another.

A boundary is known by its path alone: whoever may make roles under the boundary at a path may give them any policy
that lies there, or below.  So what lies deeper than /jump/ is somebody's boundary, and the only one at its path; a
copy of what the level allows would be one without the Denies that keep its roles in.

An inline policy is known by its name: PutRolePolicy puts a document in the place of the one of that name, and
CloudFormation calls it for a policy that stands beside its role.  What is judged as the role's fence would not be
what the role has.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from jumpcf.compiler.rules.base import Finding, Rendered, Rule
from jumpcf.estate.names import ROLE_PATH

CODE = "J2017"
MANAGED = "AWS::IAM::ManagedPolicy"
BESIDE = ("AWS::IAM::Policy", "AWS::IAM::RolePolicy")
OF_PATHS = f"give a policy that is nobody's boundary the Path {ROLE_PATH}, or one outside of it, as text"
OF_NAMES = "write the inline policies of a role into its Policies, each under a name of its own, as text"


def check(template: Rendered, path: str) -> Iterator[Finding]:
    if template.per != "grant":
        return
    for title, message in _by_path(template):
        yield Finding(code=CODE, title=title, message=message, hint=OF_PATHS)
    for title, message in _by_name(template.body["Resources"]):
        yield Finding(code=CODE, title=title, message=message, hint=OF_NAMES)


def _by_path(template: Rendered) -> Iterator[tuple[str, str]]:
    boundaries = {policy.title for policy, _ in template.policies if "boundary" in policy.uses}
    deep: dict[str, str] = {}
    for title, resource in template.body["Resources"].items():
        if resource["Type"] != MANAGED:
            continue
        where = resource.get("Properties", {}).get("Path", "/")
        if not isinstance(where, str):
            yield title, "its Path is no plain text, so it may be that of a boundary"
        elif where.startswith(ROLE_PATH) and where != ROLE_PATH:
            if title in boundaries:
                deep[title] = where
            else:
                yield title, f"it lies at {where} and is nobody's boundary, but would pass for one"
    for title, where in deep.items():
        for other, there in deep.items():
            # of two at one path the later is told
            if title != other and where.startswith(there) and (where != there or other < title):
                yield title, f"it lies at {where}, where it would pass for {other}"


def _by_name(resources: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for title, resource in resources.items():
        if resource["Type"] in BESIDE:
            yield title, f"{resource['Type']} may be put in the place of an inline policy of its role"
        inline = resource.get("Properties", {}).get("Policies")
        if resource["Type"] == "AWS::IAM::Role" and isinstance(inline, list):
            for number, one in enumerate(inline, 1):
                if isinstance(one, Mapping) and not isinstance(one.get("PolicyName"), str):
                    yield title, f"Policies/{number}: its PolicyName is no plain text"


RULE = Rule(
    code=CODE,
    meaning="A policy of a grant's template may be taken for a boundary, or put in the place of an inline policy.",
    source="https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html",
    check=check,
)
