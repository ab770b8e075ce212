"""The identity perimeter: a resource control policy for an organization's owner to attach.

No IAM condition key sees the trust of a role that a partner makes, so a level that may make roles can make one
that trusts an account outside, or an identity provider.  This policy closes those doors from the organization's
side.
"""

from awacs.aws import Deny, Principal

from jumpcf.artifacts.marks import PARTNER_PATH
from jumpcf.iam import arn
from jumpcf.iam.conditions import all_of
from jumpcf.iam.document import Clause, Document, actions, document


def identity_perimeter(*, partition: str, organization: str, jump_account: str) -> Document:
    """The resource control policy of one organization (by its id); `partition` is that of its ARNs."""
    return document([_own_identities(organization, jump_account), _no_federation(partition)])


def _own_identities(organization: str, jump_account: str) -> Clause:
    """Deny sts:AssumeRole to everybody but the organization, the jump account and AWS's services.

    Terms of one statement hold together, so each names one who is spared.  aws:PrincipalOrgID is absent for
    callers whose account is in no organization: a negated operator is then true, and the Deny holds.  A service
    that takes its role calls as itself (aws:PrincipalIsAWSService); one that calls on somebody's behalf carries
    that caller's keys, so aws:ViaAWSService needs no exception: it would spare strangers, too.
    Only sts:AssumeRole: sign-in by SAML or web identity has no AWS principal, hence none of these keys, and the
    whole organization's would be denied.  Source: AWS's data perimeter policy examples, identity perimeter
    RCP, and IAM User Guide, "AWS global condition context keys".
    Assumed, not verified on AWS: service-linked roles are out of an RCP's reach, as Organizations documents.
    """
    return Clause(
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


def _no_federation(partition: str) -> Clause:
    """Deny sign-in by SAML and by web identity to every role on a delegated path, whoever signs in.

    NoFederation keeps partners from making a provider, but a role may trust one that is there already, or one
    that needs none (Cognito identity pools).  No condition: such a caller is no AWS principal, and what
    identifies him is the provider's to say.  Roles outside role/partner/ are the company's, and left alone.
    Source: AWS's data perimeter policy examples, whose RCP denies sts:AssumeRoleWithWebIdentity to providers
    that are not trusted.  Assumed, not verified on AWS: that the RCP sees the role's path in the resource for
    these two actions as it does for sts:AssumeRole.
    """
    return Clause(
        Sid="NoFederationToPartners",
        Effect=Deny,
        Principal=Principal("*"),
        Action=actions("sts", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"),
        Resource=[arn.iam(partition, "*", f"role{PARTNER_PATH}*")],
    )
