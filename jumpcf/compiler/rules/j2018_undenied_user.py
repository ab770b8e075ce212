"""J2018: the jump account's stacks deny its users what params promise.

A last day or a freeze that the module of a partner forgets changes no byte until somebody gets one, and then no plan
tells: the fence of the roles has it, his own calls in the jump account go on.  So every user whom params name must be
denied everything from his partner's end on, and from his own last day on where that is before it, by policies of the
groups that he is in or by his own (`denials`); and who is frozen, himself or with his partner, must have the policy
that denies everything, as no deploy may take it off again.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from jumpcf.artifacts.marks import FREEZE_POLICY, freeze_policy
from jumpcf.compiler.rules.base import Denied, Finding, Promises, Rendered, Rule
from jumpcf.compiler.rules.denials import FORGOTTEN, Part, Parts, Terms, is_denied, own_parts, parts_of, refs
from jumpcf.compiler.rules.policies import listed
from jumpcf.iam import arn

CODE = "J2018"


def check(template: Rendered, path: str) -> Iterator[Finding]:
    promises = template.promises
    if template.per not in ("estate", "partner") or not promises.people:
        return
    holders = _Holders(template.body["Resources"], parts_of(template))
    ice = freeze_policy(promises.partition, promises.jump)
    for title, user in template.body["Resources"].items():
        name = user.get("Properties", {}).get("UserName")
        if user["Type"] != "AWS::IAM::User" or not isinstance(name, str):
            continue
        for one in promises.people.get(name, ()):
            if message := _lack(one, holders, title, ice, promises):
                yield Finding(code=CODE, title=title, message=message, hint=FORGOTTEN, mark=one.mark)


class _Holders:
    """The template's users and groups, by what they hold."""

    def __init__(self, resources: Mapping[str, Any], parts: Parts) -> None:
        self.resources, self._parts = resources, parts
        self._own: dict[str, tuple[Part, ...]] = {}

    def of(self, user: str) -> list[str]:
        """The user and those of his groups that are the template's; another stack's are not known here."""
        groups = refs(self.resources[user]["Properties"].get("Groups"))
        return [
            user,
            *(each for each in groups if self.resources.get(each, {}).get("Type") == "AWS::IAM::Group"),
        ]

    def own(self, holder: str) -> tuple[Part, ...]:
        if holder not in self._own:
            self._own[holder] = own_parts(holder, self.resources[holder], self._parts)
        return self._own[holder]

    def attached(self, holder: str) -> list[Any]:
        return listed(self.resources[holder].get("Properties", {}).get("ManagedPolicyArns"))


def _lack(one: Denied, holders: _Holders, title: str, ice: str, promises: Promises) -> str:
    """What is not as params promise it, or nothing."""
    his = holders.of(title)
    if one.before:
        if any(ice in holders.attached(each) for each in his):
            return ""
        return f"{FREEZE_POLICY} is attached neither to him nor to one of his groups, and {one.what}"
    terms = _terms(one, holders.resources[title]["Properties"], promises)
    if any(is_denied(terms, holders.own(each)) for each in his):
        return ""
    return f"no policy of his groups or his own denies him everything {one.what}"


def _terms(one: Denied, user: Mapping[str, Any], promises: Promises) -> Terms:
    """From when on, and where it is his own end: of him alone, at the path that he has in the template."""
    then = ("DateGreaterThanEquals", "aws:CurrentTime", one.ends)
    if not one.name:
        return (then,)
    he = arn.user(promises.partition, promises.jump, str(user.get("Path", "/")), one.name)
    return (("ArnEquals", "aws:PrincipalArn", he), ("StringEquals", "aws:PrincipalArn", he), then)


RULE = Rule(
    code=CODE,
    meaning="A user of the jump account is not denied everything from his end on, or not frozen, as params say.",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html",
    check=check,
)
