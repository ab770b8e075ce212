"""The trust policy of a target role: who of the jump account may take it, and when.

One Allow that carries every condition, so that a missing key or a wrong value denies.
"""

import functools

from awacs.aws import AWSPrincipal
from awacs.sts import AssumeRole

from jumpcf.artifacts.marks import PARTNER_TAG
from jumpcf.iam import arn
from jumpcf.iam.conditions import Term, all_of, before
from jumpcf.iam.document import Clause, Document, document

TAG = PARTNER_TAG  # for stacks/, which do not import artifacts


@functools.lru_cache(maxsize=64)
def trust(
    *,
    partition: str,
    jump_account: str,
    partner: str,
    user_path: str,
    ends: str,
    session_name: bool = True,
    networks: tuple[str, ...] = (),
    mfa_max_age: int | None = None,
) -> Document:
    """Trust in the partner's users, and nobody else.

    `ends` is the first instant without access (UTC).  `session_name` asks for the user's own name as the
    session's name.  `networks` empty leaves the address to the fence.  `mfa_max_age` is in seconds.

    A group cannot be a principal (IAM User Guide, "Principal"), so two independent marks name the partner:
    the path of the user and a tag.  Roles in the jump account that carry the tag are shut out by the type.
    """
    terms: list[Term] = [
        ("ArnLike", "aws:PrincipalArn", arn.user(partition, jump_account, user_path, "*")),
        ("StringEquals", f"aws:PrincipalTag/{TAG}", partner),
        ("StringEquals", "aws:PrincipalType", "User"),
        # Bool, never BoolIfExists: the key is absent for long-term access keys, and absent must deny.
        ("Bool", "aws:MultiFactorAuthPresent", "true"),
        before(ends),
    ]
    if session_name:
        terms.append(("StringEquals", "sts:RoleSessionName", "${aws:username}"))
    if networks:
        terms.append(("IpAddress", "aws:SourceIp", networks))
    if mfa_max_age is not None:
        terms.append(("NumericLessThan", "aws:MultiFactorAuthAge", str(mfa_max_age)))
    return document(
        [
            Clause(
                Sid="PartnerUsersWithMfa",
                Effect="Allow",
                Principal=AWSPrincipal(arn.root(partition, jump_account)),
                Action=[AssumeRole],
                Condition=all_of(*terms),
            )
        ]
    )
