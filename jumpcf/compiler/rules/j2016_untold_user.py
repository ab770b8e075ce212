"""J2016: a user of the jump account is told by what stands in his template.

Whose user a stack's user is, and what he is called, the planner reads in its template: by that he is offboarded
before he goes, and whoever deploys is asked about his sessions.  A name, path or tag that CloudFormation puts
together (Fn::Join, Fn::Sub, a parameter) makes the same user in AWS, and nobody's in the plan; so does a partner's
path without a name, for CloudFormation then invents one.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from jumpcf.artifacts.marks import PARTNER_PATH, PARTNER_TAG
from jumpcf.compiler.rules.base import Finding, Rendered, Rule

CODE = "J2016"
HINT = "write it as text: who is taken out of params would not be offboarded, and no plan would say so"


def check(template: Rendered, path: str) -> Iterator[Finding]:
    if template.per not in ("estate", "partner"):
        return
    for title, resource in template.body["Resources"].items():
        if resource["Type"] == "AWS::IAM::User":
            for message in _untold(resource.get("Properties", {})):
                yield Finding(code=CODE, title=title, message=message, hint=HINT)


def _untold(user: Mapping[str, Any]) -> Iterator[str]:
    for name in ("UserName", "Path"):
        if not isinstance(user.get(name, ""), str):
            yield f"its {name} is no plain text"
    if str(user.get("Path")).startswith(PARTNER_PATH) and "UserName" not in user:
        yield "it has no UserName"
    tags = user.get("Tags", [])
    if not isinstance(tags, list):
        yield "its Tags are no list"
        return
    for tag in tags:
        key = tag.get("Key") if isinstance(tag, Mapping) else None
        if not isinstance(key, str):
            yield f"it has a tag that may be {PARTNER_TAG}: its Key is no plain text"
        elif key == PARTNER_TAG and not isinstance(tag.get("Value"), str):
            yield f"the value of its tag {PARTNER_TAG} is no plain text"


RULE = Rule(
    code=CODE,
    meaning="A user of the jump account has a name, path or partner that does not stand in his template as text.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-user.html",
    check=check,
)
