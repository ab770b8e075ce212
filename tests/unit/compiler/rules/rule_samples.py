"""Bad examples of the rules: one template each, and beside it what a person is told."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jumpcf.compiler.rules.base import Denied, Promises, Rendered, Rule
from jumpcf.errors import Mark

BAD = Path(__file__).parent / "bad"
CLOSED = ("111111111111", "222222222222")
ROOT = "arn:aws:iam::111111111111:root"


def statement(effect: str = "Allow", **parts: Any) -> dict[str, Any]:
    return {"Effect": effect, "Sid": "One", "Action": "sts:AssumeRole", **parts}


def trust(**parts: Any) -> dict[str, Any]:
    return role(statement(Principal={"AWS": ROOT}, **parts))


def role(trusting: dict[str, Any], *inline: dict[str, Any]) -> dict[str, Any]:
    policies = [{"PolicyName": "level", "PolicyDocument": document(each)} for each in inline]
    properties = {"AssumeRolePolicyDocument": document(trusting), "Policies": policies}
    return {"Role": {"Type": "AWS::IAM::Role", "Properties": properties}}


def group(given: dict[str, Any]) -> dict[str, Any]:
    """A group and its managed policy."""
    return {
        "Group": {"Type": "AWS::IAM::Group", "Properties": {"ManagedPolicyArns": [{"Ref": "Policy"}]}},
        "Policy": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document(given)}},
    }


def bounded(given: dict[str, Any]) -> dict[str, Any]:
    """A role and its boundary."""
    resources = group(given) | trust()
    del resources["Group"]
    resources["Role"]["Properties"]["PermissionsBoundary"] = {"Ref": "Policy"}
    return resources


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def found(rule: Rule, resources: dict[str, Any], **parts: Any) -> list[str]:
    body = {"Resources": resources, "Conditions": parts.pop("conditions", {})}
    body["Parameters"] = parts.pop("parameters", {})
    data = json.dumps(body, separators=(",", ":")).encode()
    per, asked = parts.pop("per", "partner"), parts.pop("asked", {})
    promises = Promises(**{"closed": CLOSED, "jump": "111111111111", "partition": "aws"} | parts)
    rendered = Rendered(body=body, data=data, per=per, promises=promises, asked=asked)
    return [f"{each.title}: {each.message}" for each in rule.check(rendered, "corp/x")]


def shown_red(rule: Rule, golden: Callable[[Path, str], None]) -> None:
    """The rule's bad example gives what stands beside it, and gives something."""
    body = json.loads((BAD / f"{rule.code}.json").read_text(encoding="utf-8"))
    said = found(
        rule,
        body["Resources"],
        conditions=body.get("Conditions", {}),
        parameters=body.get("Parameters", {}),
        per=body.get("per", "partner"),
        ends=body.get("ends", ""),
        named=body.get("named", False),
        denied=_denied(body.get("denied", [])),
        people={name: _denied(denied) for name, denied in body.get("people", {}).items()},
    )
    assert said
    golden(BAD / f"{rule.code}.txt", "".join(f"{line}\n" for line in said))


def _denied(given: list[dict[str, Any]]) -> tuple[Denied, ...]:
    return tuple(Denied(mark=Mark("params/partners/acme.yaml"), **one) for one in given)
