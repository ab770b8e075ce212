"""J2014: the roles of a grant deny what params promise, and their trust asks for the user's own name.

Who left, is frozen, or has a last day of his own is denied by the fence alone while a session is running, and
nothing else would tell that a fence lacks him: the plan says that nothing changes.  So every role that people of
the jump account may take must deny them everything by policies of its own, whatever its statements are called.
That is proved, for every request there is: a Deny that asks for anything more than the session's name and its
times is none.  (The grant's own end is J2013's.)
"""

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal

import orjson

from jumpcf.compiler.rules.base import REMEMBERED, Denied, Finding, Rendered, Rule
from jumpcf.compiler.rules.policies import listed, names_people, texts
from jumpcf.policy.codes import UnknownConstruct
from jumpcf.policy.condition_order import implies
from jumpcf.policy.conditions import Condition, holds_when_absent, read
from jumpcf.policy.document import Statement, parse
from jumpcf.policy.subsume import covered

CODE = "J2014"
HINT = (
    "its module in stacks/ was changed, or is older than this jumpcf: compare it with what `jumpcf init` makes "
    "(docs/stacks.md, When jumpcf is newer than stacks/)"
)
_ACCOUNT = re.compile(r"\b\d{12}\b", re.ASCII)
_INLINE = re.compile(r"Policies/[^/]+")
_NAME = read("StringEquals", "sts:RoleSessionName", ("${aws:username}",), version_2012=True)
NAMING = ("StringEquals", "StringLike", "ArnEquals", "ArnLike")
_A_ROLE = re.compile(r"arn:[^:]+:iam::[^:]*:role/.+")

Part = tuple[bytes, str]
"""A statement's bytes, and the version of its policy."""


def check(template: Rendered, path: str) -> Iterator[Finding]:
    promises = template.promises
    if template.per != "grant" or not (promises.denied or promises.named):
        return
    parts = _parts(template)
    for title, trusts in parts.items():
        trust = trusts.get("AssumeRolePolicyDocument", ())
        said = {_lets_in(part, version, promises.jump) for part, version in trust}
        if promises.named and "nameless" in said:
            message = "its trust does not ask for the user's own name as the session's name"
            yield Finding(code=CODE, title=title, message=message, hint=HINT, mark=promises.mark)
        if not promises.denied or not said - {"nobody"}:
            continue
        own = _own(title, template.body["Resources"][title], parts)
        for one in promises.denied:
            if not _is_denied(one, own):
                message = f"no policy of its own denies {one.what}"
                yield Finding(code=CODE, title=title, message=message, hint=HINT, mark=one.mark)


def _parts(template: Rendered) -> dict[str, dict[str, tuple[Part, ...]]]:
    """The statements of every resource, by the place of their policy."""
    found: dict[str, dict[str, tuple[Part, ...]]] = {}
    for (policy, _), parts in zip(template.policies, template.parts, strict=True):
        version = str(policy.document.get("Version"))
        found.setdefault(policy.title, {})[policy.place] = tuple((part, version) for part in parts)
    return found


def _own(
    title: str, role: Mapping[str, Any], parts: Mapping[str, Mapping[str, tuple[Part, ...]]]
) -> tuple[Part, ...]:
    """What stands in the role's inline policies, and in policies of the template that it names."""
    inline = [each for place, each in parts[title].items() if _INLINE.fullmatch(place)]
    named = listed(role.get("Properties", {}).get("ManagedPolicyArns"))
    refs = [each["Ref"] for each in named if isinstance(each, Mapping) and isinstance(each.get("Ref"), str)]
    attached = [parts[ref]["PolicyDocument"] for ref in refs if "PolicyDocument" in parts.get(ref, ())]
    return tuple(part for each in (*inline, *attached) for part in each)


@functools.lru_cache(maxsize=REMEMBERED)
def _lets_in(part: bytes, version: str, jump: str) -> Literal["nobody", "named", "nameless"]:
    """Whom a statement of a trust lets in: "nobody" of the jump account's people, "named" ones, whose session must
    bear the user's own name, or "nameless" ones."""
    statement = orjson.loads(part)
    if statement.get("Effect") != "Allow" or not _of_jump(statement.get("Principal"), jump):
        return "nobody"
    body = {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}
    if "Condition" in statement:
        body["Condition"] = statement["Condition"]
    asked = _conditions(body, version)
    if any(implies(one, _NAME) for one in asked):
        return "named"
    return "nobody" if any(map(_names_roles, asked)) else "nameless"


def _names_roles(one: Condition) -> bool:
    """Whether only roles come by it: it says which ones, and not which do not."""
    return (
        one.key.lower() == "aws:principalarn"
        and not holds_when_absent(one)
        and one.operator.name in NAMING
        and all(_A_ROLE.fullmatch(value.written) for value in one.values)
    )


def _of_jump(principal: Any, jump: str) -> bool:
    """Whether people of the jump account may be meant; not where another account is named as it is, or something
    of the template itself."""
    if not names_people(principal):
        return False
    named = listed(principal.get("AWS")) if isinstance(principal, Mapping) else listed(principal)
    beside = [each for each in named if not (isinstance(each, Mapping) and "Fn::GetAtt" in each)]
    accounts = [set(_ACCOUNT.findall(" ".join(texts(each)))) for each in beside]
    return any(not found or jump in found for found in accounts)


def _conditions(body: Mapping[str, Any], version: str) -> tuple[Condition, ...]:
    statement = _statement(body, version)
    return statement.conditions if statement else ()


def _statement(body: Mapping[str, Any], version: str) -> Statement | None:
    """None for what the evaluator does not know, which proves nothing."""
    try:
        return parse({"Version": version, "Statement": [body]}, name="").statements[0]
    except UnknownConstruct:
        return None


def _is_denied(one: Denied, own: tuple[Part, ...]) -> bool:
    """One statement must do it alone; those first that speak of it, for all of them are read only where none does."""
    said = (one.name or one.before).encode()
    denies = [each for each in own if b'"Effect":"Deny"' in each[0]]
    return any(
        _denies(part, version, one) for part, version in sorted(denies, key=lambda each: said not in each[0])
    )


@functools.lru_cache(maxsize=REMEMBERED)
def _denies(part: bytes, version: str, one: Denied) -> bool:
    """Remembered by the statement: the levels of a grant have one fence."""
    statement = _statement(orjson.loads(part), version)
    if statement is None or statement.effect != "Deny":
        return False
    return covered(_wanted(one), [_about(statement, one)])


@functools.lru_cache(maxsize=REMEMBERED)
def _wanted(one: Denied) -> Statement:
    """The Deny that params promise: of everything, and of no session that is not meant."""
    condition: dict[str, dict[str, str]] = {}
    if one.ends:
        condition["DateGreaterThanEquals"] = {"aws:CurrentTime": one.ends}
    if one.before:
        condition["DateLessThan"] = {"aws:TokenIssueTime": one.before}
    if one.name:
        condition["StringLike"] = {"aws:userid": _userid(one)}
    body = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition}
    return parse({"Version": "2012-10-17", "Statement": body}, name=CODE).statements[0]


def _userid(one: Denied) -> str:
    """aws:userid of a role's session is "<role id>:<session name>"."""
    return f"*:{one.name}"


def _about(deny: Statement, one: Denied) -> Statement:
    """Of a list of names the one that is asked for, where it stands there as it is: to prove that none of the others
    is his takes long, and says nothing."""
    conditions = []
    for each in deny.conditions:
        his = tuple(value for value in each.values if value.written == _userid(one))
        conditions.append(replace(each, values=his) if his and not each.operator.negated else each)
    return replace(deny, conditions=tuple(conditions))


RULE = Rule(
    code=CODE,
    meaning="A role of a partner's people does not deny whom params deny, or asks no name where params do.",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html",
    check=check,
)
