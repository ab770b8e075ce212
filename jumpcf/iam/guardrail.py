"""The identity perimeter: a resource control policy for an organization's owner to attach.

No IAM condition key sees the trust of a role that a partner makes, so a level that may make roles can make one
that trusts an account outside.  This policy closes that door from the organization's side.
"""

from awacs.aws import Deny, Principal

from jumpcf.iam.conditions import all_of
from jumpcf.iam.document import Clause, Document, actions, document


def identity_perimeter(*, organization: str, jump_account: str) -> Document:
    """Deny sts:AssumeRole to everybody but the organization (by id), the jump account and AWS's services.

    Terms of one statement hold together, so each names one who is spared.  aws:PrincipalOrgID is absent for
    callers whose account is in no organization: a negated operator is then true, and the Deny holds.  A service
    that takes its role calls as itself (aws:PrincipalIsAWSService); one that calls on somebody's behalf carries
    that caller's keys, so aws:ViaAWSService needs no exception: it would spare strangers, too.
    Only sts:AssumeRole: sign-in by SAML or web identity has no AWS principal, and its trust names a provider,
    which no partner may create (NoFederation).  Source: AWS's data perimeter policy examples, identity
    perimeter RCP, and IAM User Guide, "AWS global condition context keys".
    Assumed, not verified on AWS: service-linked roles are out of an RCP's reach, as Organizations documents.
    """
    return document(
        [
            Clause(
                Sid="IdentityPerimeter",
                Effect=Deny,
                Principal=Principal("*"),
                Action=actions("sts", "AssumeRole"),
                Resource=["*"],
                Condition=all_of(
                    ("StringNotEqualsIfExists", "aws:PrincipalOrgID", organization),
                    ("StringNotEqualsIfExists", "aws:PrincipalAccount", jump_account),
                    ("BoolIfExists", "aws:PrincipalIsAWSService", "false"),
                ),
            )
        ]
    )
