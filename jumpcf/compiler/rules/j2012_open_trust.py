"""J2012: a trust says who of an account may come, and asks for MFA where people come.

Naming an account as principal means all of its identities; naming an identity provider, all whom it signs in.
Conditions that hold where the key is absent (…IfExists, ForAllValues) say nothing about such a caller, nor do
those whose value is anything: MFA must be asked for by Bool true, and aws:PrincipalArn must name an account, and
something of a user or role in it.
"""

import re
from collections.abc import Iterator, Mapping

from jumpcf.compiler.rules.base import policy_rule
from jumpcf.compiler.rules.policies import Statement, Use, condition_terms, is_role, listed, texts

ACCOUNT = re.compile(r"\d{12}|.*:root")
WHO = ("aws:principalarn", "aws:principaltag/", "aws:userid", "aws:username", "sts:externalid")
MFA = "aws:multifactorauthpresent"
ARN = "aws:principalarn"
OF_ACCOUNT = r"(\d{12}|\$\{AWS::AccountId\}|RefAWS::AccountId)"  # as it is, in Fn::Sub, in Fn::Join
NAMED = re.compile(rf".*:{OF_ACCOUNT}:(user|role|assumed-role|federated-user)/[^*?].*|Fn::GetAtt.+")
ROLE = re.compile(r".*:role/.+")
ANYTHING = re.compile(r"[*?:/]+")


def check(statement: Statement, uses: frozenset[Use]) -> Iterator[str]:
    principal = statement.get("Principal")
    if "trust" not in uses or statement.get("Effect") != "Allow" or not isinstance(principal, Mapping):
        return
    named = listed(principal.get("AWS"))
    accounts = [each for each in named if _is_account(each)]
    users = [each for each in named if any(":user/" in text for text in texts(each))]
    providers = listed(principal.get("Federated"))
    if accounts or users or providers:
        for operator, key, _ in condition_terms(statement):
            if operator.endswith("IfExists") or operator.startswith("ForAllValues:"):
                yield f"{operator} {key} passes whoever lacks the key"
    if accounts:
        yield from _of_account(statement)
    elif users and MFA not in dict(_asked(statement)):
        yield "a user may come without MFA"
    if providers and all(key.startswith("aws:") for key, _ in _asked(statement)):
        yield "nothing says whom of the identity provider"


def _is_account(principal: object) -> bool:
    """A made-up one (Fn::Sub, Ref) counts if it may be an account; Fn::GetAtt names one role or user."""
    if isinstance(principal, Mapping):
        return "Fn::GetAtt" not in principal and not is_role(principal)
    return ACCOUNT.fullmatch(str(principal)) is not None


def _of_account(statement: Statement) -> Iterator[str]:
    """Who, and with MFA; a partner system with an external id and roles named one by one have no MFA."""
    asked = _asked(statement)
    who = [(key, values) for key, values in asked if key.startswith(WHO)]
    if not who:
        yield "the whole account may come: nothing says who of it"
    machines = any(
        key == "sts:externalid" or (key == ARN and all(map(ROLE.fullmatch, values))) for key, values in who
    )
    if not machines and MFA not in dict(asked):
        yield "people of the account may come without MFA"


def _asked(statement: Statement) -> list[tuple[str, list[str]]]:
    """Keys in lower case, with their values, that a caller must have, and have so."""
    return [
        (key.lower(), list(map(_text, values)))
        for operator, key, values in condition_terms(statement)
        if not operator.endswith("IfExists")
        and not operator.startswith("ForAllValues:")
        and "Not" not in operator
        and operator != "Null"
        and _says(operator, key.lower(), list(map(_text, values)))
    ]


def _says(operator: str, key: str, values: list[str]) -> bool:
    """Whether the values tell callers apart."""
    if key == MFA:
        return operator.endswith("Bool") and all(value.lower() == "true" for value in values)
    if key == ARN:
        return all(map(NAMED.fullmatch, values))
    return not any(map(ANYTHING.fullmatch, values))


def _text(value: object) -> str:
    """A value, or what stands in the one that CloudFormation makes up (Fn::Sub, Fn::Join)."""
    return "".join(texts(value)) if isinstance(value, Mapping) else str(value)


RULE = policy_rule(
    code="J2012",
    meaning="A trust lets in a whole account or identity provider, or people without MFA.",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-user.html",
    hint="use jumpcf.iam.trust, or say who by aws:PrincipalArn and ask for aws:MultiFactorAuthPresent",
    check=check,
)
