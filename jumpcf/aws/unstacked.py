"""Users under /partner/ in the jump account whom no stack of ours has.  Reads only.

What a stack has is asked of CloudFormation and not read from its template: a resource whose Condition is false is in
the template alone, and one that an update could not delete is in no stack any more.
"""

from collections.abc import Iterable, Iterator

from jumpcf.artifacts.manifest import JUMP
from jumpcf.artifacts.marks import PARTNER_PATH
from jumpcf.artifacts.observed import ObservedStack
from jumpcf.aws.api import Api
from jumpcf.aws.paging import Answer
from jumpcf.aws.sessions import Clients
from jumpcf.aws.users import users_below

USER = "AWS::IAM::User"


def unstacked(clients: Clients, stacks: Iterable[ObservedStack]) -> tuple[str, ...]:
    """Path and name of each such user, sorted; `stacks` are ours.  AwsRefused where AWS refuses a call."""
    cloudformation = Api(clients, JUMP, "cloudformation")
    # people first: who comes while this is read has his stack before it is asked
    people = {one["UserName"]: one["Path"] for one in users_below(Api(clients, JUMP, "iam"), PARTNER_PATH)}
    for stack in stacks:
        for name in _users(cloudformation, stack) if people else ():
            people.pop(name, None)
    return tuple(sorted(f"{path}{name}" for name, path in people.items()))


def _users(cloudformation: Api, stack: ObservedStack) -> Iterator[str]:
    """The physical id of a user is his name (CloudFormation, AWS::IAM::User, Return values)."""
    found: Iterator[Answer] = cloudformation.pages(
        "ListStackResources", "StackResourceSummaries", StackName=stack.name
    )
    for one in found:
        if one["ResourceType"] == USER and _has(stack, one["ResourceStatus"]):
            yield one.get("PhysicalResourceId", "")


def _has(stack: ObservedStack, status: str) -> bool:
    """Only a stack whose own deletion failed has what could not be deleted, and tries it again the next time."""
    return not status.startswith("DELETE_") or (
        status == "DELETE_FAILED" and stack.status.startswith("DELETE_")
    )
