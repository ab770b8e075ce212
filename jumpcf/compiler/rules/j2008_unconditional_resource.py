"""J2008: every resource of a grant's template is left out of the accounts that must stay empty.

Auto-deployment ignores account filters, so the template's own Condition is all that keeps a role out of a
protected or excepted account.  The Condition is evaluated for each of them, not only looked for.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from jumpcf.compiler.rules.base import Finding, Rendered, Rule

CODE = "J2008"
HINT = "give the resource the Condition that is false in protected and excepted accounts"
NOTHING = "AWS::CloudFormation::WaitConditionHandle"  # makes nothing; an otherwise empty stack needs one


def check(template: Rendered, path: str) -> Iterator[Finding]:
    if template.per != "grant":
        return
    conditions = template.body.get("Conditions", {})
    made = {name: _made_in(name, conditions, template.promises.closed) for name in conditions}
    for title, resource in template.body["Resources"].items():
        if resource["Type"] == NOTHING:
            continue
        name = resource.get("Condition")
        if name is None:
            message = "has no Condition"
        elif name not in made:
            message = f"names the Condition {name}, which the template does not have"
        elif made[name]:
            message = f"would be made in {made[name]}, by the Condition {name}"
        else:
            continue
        yield Finding(code=CODE, title=title, message=message, hint=HINT)


def _made_in(name: str, conditions: Mapping[str, Any], closed: tuple[str, ...]) -> str:
    """The first closed account in which the Condition holds; words if it cannot be told; "" if none."""
    try:
        return next((account for account in closed if holds(conditions[name], account, conditions)), "")
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        return "accounts that only AWS can tell"


def holds(condition: Any, account: str, conditions: Mapping[str, Any]) -> bool:
    """A Condition on AWS::AccountId, as CloudFormation evaluates it; ValueError for any other construct."""
    ((function, arguments),) = condition.items()
    match function:
        case "Fn::Not":
            return not holds(arguments[0], account, conditions)
        case "Fn::Or":
            return any([holds(each, account, conditions) for each in arguments])
        case "Fn::And":
            return all([holds(each, account, conditions) for each in arguments])
        case "Fn::Equals":
            left, right = (account if each == {"Ref": "AWS::AccountId"} else each for each in arguments)
            if not isinstance(left, str) or not isinstance(right, str):
                raise ValueError("only AWS::AccountId and texts can be compared here")
            return left == right
        case "Condition":
            return holds(conditions[arguments], account, conditions)
    raise ValueError(f"{function} is not known here")


RULE = Rule(
    code=CODE,
    meaning="A resource of a grant's template would be made in a protected or excepted account.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-manage-auto-deployment.html",
    check=check,
)
