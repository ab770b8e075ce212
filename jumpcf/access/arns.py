"""The parts of an ARN: arn:partition:service:region:account:resource (AWS General Reference)."""

PARTS = 6


def parts(arn: str) -> list[str]:
    """The six parts, the resource whole; fewer where it is no ARN."""
    return arn.split(":", PARTS - 1)


def account_of(arn: str) -> str:
    """The account that an ARN names; "" where it names none, or is none."""
    found = parts(arn)
    return found[4] if len(found) == PARTS else ""


def service_of(arn: str) -> str:
    """The service of an ARN; "" where it is none."""
    found = parts(arn)
    return found[2] if len(found) == PARTS else ""
