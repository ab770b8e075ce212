"""Condition keys: which forms are known, and which of the global ones have several values.

IAM User Guide, reference_policies_condition-keys (2026).  Keys have no letter case.  A key of a service is
known by its form; a global key (aws:) must be in the list, because one with a typing error would just be
absent for ever.
"""

import re

_OF_A_SERVICE = re.compile(r"[a-z0-9-]+:[a-z0-9._-]+(/.+)?", re.ASCII | re.IGNORECASE)

_TAGS = ("aws:principaltag/", "aws:requesttag/", "aws:resourcetag/")

MULTIVALUED = frozenset(
    key.lower()
    for key in (
        "aws:CalledVia",
        "aws:PrincipalOrgPaths",
        "aws:PrincipalServiceNamesList",
        "aws:ResourceOrgPaths",
        "aws:SourceOrgPaths",
        "aws:TagKeys",
        "aws:VpceOrgPaths",
    )
)

_SINGLE = frozenset(
    key.lower()
    for key in (
        "aws:AssumedRoot",
        "aws:CalledViaAWSMCP",
        "aws:CalledViaFirst",
        "aws:CalledViaLast",
        "aws:ChatbotSourceArn",
        "aws:CurrentTime",
        "aws:Ec2InstanceSourcePrivateIPv4",
        "aws:Ec2InstanceSourceVpc",
        "aws:EpochTime",
        "aws:FederatedProvider",
        "aws:MultiFactorAuthAge",
        "aws:MultiFactorAuthPresent",
        "aws:PrincipalAccount",
        "aws:PrincipalArn",
        "aws:PrincipalIsAWSService",
        "aws:PrincipalOrgID",
        "aws:PrincipalServiceName",
        "aws:PrincipalType",
        "aws:referer",
        "aws:RequestedRegion",
        "aws:ResourceAccount",
        "aws:ResourceOrgID",
        "aws:SecureTransport",
        "aws:SignInSessionArn",
        "aws:SourceAccount",
        "aws:SourceArn",
        "aws:SourceIdentity",
        "aws:SourceIp",
        "aws:SourceOrgID",
        "aws:SourceVpc",
        "aws:SourceVpcArn",
        "aws:SourceVpce",
        "aws:TokenIssueTime",
        "aws:UserAgent",
        "aws:userid",
        "aws:username",
        "aws:ViaAWSMCPService",
        "aws:ViaAWSService",
        "aws:VpceAccount",
        "aws:VpceOrgID",
        "aws:VpcSourceIp",
    )
)


def known(key: str) -> bool:
    """Is this a key that a request can have?"""
    folded = key.lower()
    if not _OF_A_SERVICE.fullmatch(folded):
        return False
    if not folded.startswith("aws:"):
        return True
    return (
        folded in _SINGLE or folded in MULTIVALUED or (folded.startswith(_TAGS) and not folded.endswith("/"))
    )
