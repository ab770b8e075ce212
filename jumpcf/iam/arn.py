"""ARNs that know their partition.

awacs takes the partition from the region argument, and IAM has no region, so awacs writes `arn:aws:` in every
partition.  Here the partition is an argument.  The shapes: IAM User Guide, "IAM identifiers".
"""

ANY_ACCOUNT = "*"


def arn(partition: str, service: str, resource: str, *, region: str = "", account: str = "") -> str:
    return f"arn:{partition}:{service}:{region}:{account}:{resource}"


def iam(partition: str, account: str, resource: str) -> str:
    """The ARN of something in IAM: `resource` is "role/jump/x", "user/partner/acme/*", "root" …"""
    return arn(partition, "iam", resource, account=account)


def root(partition: str, account: str) -> str:
    """The account as a principal: it delegates to its own identities, and both sides must allow."""
    return iam(partition, account, "root")


def role(partition: str, account: str, path: str, name: str) -> str:
    return iam(partition, account, f"role{path}{name}")


def user(partition: str, account: str, path: str, name: str) -> str:
    return iam(partition, account, f"user{path}{name}")
