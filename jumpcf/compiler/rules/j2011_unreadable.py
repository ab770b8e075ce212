"""J2011: nothing decides about access that these rules and `jumpcf access` cannot read.

Both read policy documents as JSON that stands in the template.  Text that CloudFormation would turn into a
policy, a macro that rewrites the template, a template within the template, or a choice (Fn::If) inside a
statement would pass unseen.
"""

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from jumpcf.compiler.rules.base import REMEMBERED, Finding, Rendered, Rule
from jumpcf.compiler.rules.policies import Policy, listed, mentioned, texts

CODE = "J2011"
HINT = "write the policy with awacs, and the resource with troposphere, so that it stands in the template"

IN_IAM = ("AssumeRolePolicyDocument", "PolicyDocument")
ELSEWHERE = re.compile(r"AWS::CloudFormation::(Stack|StackSet|Macro|Module\w+|Hook\w+)|.*::MODULE")
# The proof of access reads what a user and his groups hold themselves.
BESIDE = {
    "AWS::IAM::GroupPolicy": "a group's policy stands beside the group",
    "AWS::IAM::UserPolicy": "a user's policy stands beside the user",
    "AWS::IAM::UserToGroupAddition": "who is in a group stands on the user",
}
# Elements whose meaning must be plain; a Resource may be a Ref or Fn::GetAtt, which name one thing.
PLAIN = ("Action", "Effect", "NotAction", "Sid")
NAMES = ("Fn::GetAtt", "Fn::Join", "Fn::Sub", "Ref")


def check(template: Rendered, path: str) -> Iterator[Finding]:
    if "Transform" in template.body:
        yield _finding("", "a Transform rewrites the template after it was checked")
    # JSON within JSON has its quotes escaped; almost no template has any, nor a snippet.
    doubtful = b'\\"Effect\\"' in template.data or b'"Fn::Transform' in template.data
    for title, resource in template.body["Resources"].items():
        properties = resource.get("Properties", {})
        said = (*_of_type(resource["Type"], properties), *_elsewhere(resource, template.body))
        for message in (*said, *(_texts(properties) if doubtful else ())):
            yield _finding(title, message)
    parameters = frozenset(template.body.get("Parameters", {}))
    for (policy, _), parts in zip(template.policies, template.parts, strict=True):
        for message in _document(policy, parts, parameters):
            yield _finding(policy.title, f"{policy.place}, {message}")


def _finding(title: str, message: str) -> Finding:
    return Finding(code=CODE, title=title, message=message, hint=HINT)


def _of_type(kind: str, properties: Mapping[str, Any]) -> Iterator[str]:
    if ELSEWHERE.fullmatch(kind):
        yield f"{kind}: what it makes stands in another template"
    if kind in BESIDE:
        yield BESIDE[kind]
    if kind in ("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy"):
        yield from (
            f"{name}: a policy is named by its {name.lower()}, not the other way round"
            for name in ("Groups", "Users")
            if properties.get(name)
        )
    if kind.startswith("AWS::IAM::"):
        documents = {name: properties[name] for name in IN_IAM if name in properties}
        inline = properties.get("Policies", [])
        if not isinstance(inline, list):
            yield "Policies is no list"
        else:
            for number, one in enumerate(inline, 1):
                known = isinstance(one, Mapping)
                documents[f"Policies/{number}"] = one.get("PolicyDocument") if known else one
        for place, document in documents.items():
            if not isinstance(document, Mapping) or "Statement" not in document:
                yield f"{place} is no policy document"


def _elsewhere(resource: Mapping[str, Any], body: Mapping[str, Any]) -> Iterator[str]:
    """A policy may name a role of its own template; any other is one that nobody who reads the template knows."""
    if resource["Type"] not in ("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy", "AWS::IAM::RolePolicy"):
        return
    properties = resource.get("Properties", {})
    beside = {title: one["Type"] for title, one in body["Resources"].items()}
    beside |= dict.fromkeys(body.get("Parameters", {}), "a parameter")
    for one in (*listed(properties.get("Roles", [])), *listed(properties.get("RoleName", []))):
        named = one.get("Ref") if isinstance(one, Mapping) else None
        if not isinstance(named, str) or beside.get(named, "AWS::IAM::Role") != "AWS::IAM::Role":
            yield "it is a policy of a role that does not stand in the template"


def _texts(properties: Mapping[str, Any]) -> Iterator[str]:
    for name, value in properties.items():
        if any('"Statement"' in text and '"Effect"' in text for text in texts(value)):
            yield f"{name} holds a policy as text"
    if any(each.startswith("Fn::Transform") for each in texts(properties)):
        yield "Fn::Transform rewrites it after it was checked"


def _document(policy: Policy, parts: Iterable[bytes], parameters: frozenset[str]) -> Iterator[str]:
    remaining = iter(parts)
    for number, statement in enumerate(listed(policy.document["Statement"]), 1):
        part = next(remaining) if isinstance(statement, Mapping) else None
        if part is None or any(name.startswith("Fn::") for name in statement):
            yield f"statement {number} is chosen by CloudFormation"
            continue
        name = statement.get("Sid")
        where = name if isinstance(name, str) and name else f"statement {number}"
        yield from (f"{where}: {message}" for message in _statement(part, parameters))


@functools.lru_cache(maxsize=REMEMBERED)
def _statement(part: bytes, parameters: frozenset[str]) -> tuple[str, ...]:
    """Remembered by the statement's content: most statements of an estate's policies are the same."""
    return tuple(_odd(orjson.loads(part), parameters))


def _odd(statement: Mapping[str, Any], parameters: frozenset[str]) -> Iterator[str]:
    for element, value in statement.items():
        functions = set(_functions(value))
        odd = sorted(functions if element in PLAIN else functions - set(NAMES))
        if odd:
            yield f"{element} is made by {', '.join(odd)}"
        elif element not in ("Resource", "NotResource") and set(mentioned(value)) & parameters:
            yield f"{element} is a parameter of the template"
    condition = statement.get("Condition", {})
    blocks = [condition, *condition.values()] if isinstance(condition, Mapping) else [condition]
    if not all(isinstance(block, Mapping) for block in blocks):
        yield "Condition is no object of operators and keys"


def _functions(value: Any) -> Iterator[str]:
    """The names of the intrinsic functions in a value."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            if name == "Ref" or name.startswith("Fn::"):
                yield name
            yield from _functions(item)
    elif isinstance(value, list):
        for item in value:
            yield from _functions(item)


RULE = Rule(
    code=CODE,
    meaning="Something that decides about access does not stand in the template as it will be.",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-macros.html",
    check=check,
)
