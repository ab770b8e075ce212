"""J2014: the roles of a grant deny what params promise, and their trust asks for the user's own name.

Who left, is frozen, or has a last day of his own is denied by the fence alone while a session is running, and
nothing else would tell that a fence lacks him: the plan says that nothing changes.  So every role that people of
the jump account may take must deny them everything by policies of its own, whatever its statements are called
(`denials`): a Deny that asks for anything more than the session's name and its times is none.  (The grant's own end
is J2013's, the jump account's own calls are J2018's.)
"""

import functools
import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import orjson

from jumpcf.compiler.rules.base import REMEMBERED, Denied, Finding, Rendered, Rule
from jumpcf.compiler.rules.denials import FORGOTTEN, Terms, is_denied, own_parts, parts_of, read_statement
from jumpcf.compiler.rules.policies import listed, names_people, texts
from jumpcf.policy.condition_order import implies
from jumpcf.policy.conditions import Condition, holds_when_absent, read

CODE = "J2014"
_ACCOUNT = re.compile(r"\b\d{12}\b", re.ASCII)
_NAME = read("StringEquals", "sts:RoleSessionName", ("${aws:username}",), version_2012=True)
NAMING = ("StringEquals", "StringLike", "ArnEquals", "ArnLike")
_A_ROLE = re.compile(r"arn:[^:]+:iam::[^:]*:role/.+")


def check(template: Rendered, path: str) -> Iterator[Finding]:
    promises = template.promises
    if template.per != "grant" or not (promises.denied or promises.named):
        return
    parts = parts_of(template)
    for title, trusts in parts.items():
        trust = trusts.get("AssumeRolePolicyDocument", ())
        said = {_lets_in(part, version, promises.jump) for part, version in trust}
        if promises.named and "nameless" in said:
            message = "its trust does not ask for the user's own name as the session's name"
            yield Finding(code=CODE, title=title, message=message, hint=FORGOTTEN, mark=promises.mark)
        if not promises.denied or not said - {"nobody"}:
            continue
        own = own_parts(title, template.body["Resources"][title], parts)
        for one in promises.denied:
            if not is_denied(_terms(one), own):
                message = f"no policy of its own denies {one.what}"
                yield Finding(code=CODE, title=title, message=message, hint=FORGOTTEN, mark=one.mark)


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
    statement = read_statement(body, version)
    return statement.conditions if statement else ()


def _terms(one: Denied) -> Terms:
    """The sessions that are meant; aws:userid of a role's session is "<role id>:<session name>"."""
    said = (
        ("StringLike", "aws:userid", f"*:{one.name}" if one.name else ""),
        ("DateLessThan", "aws:TokenIssueTime", one.before),
        ("DateGreaterThanEquals", "aws:CurrentTime", one.ends),
    )
    return tuple(term for term in said if term[2])


RULE = Rule(
    code=CODE,
    meaning="A role of a partner's people does not deny whom params deny, or asks no name where params do.",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html",
    check=check,
)
