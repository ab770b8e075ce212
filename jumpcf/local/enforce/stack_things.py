"""Which stacks and StackSets a call of CloudFormation is about, and the service role that it passes.

Service Authorization Reference, "Actions, resources, and condition keys for AWS CloudFormation".  What a stack does
for its caller is judged only where a service role does it: then the caller needs the call and iam:PassRole (User
Guide, "CloudFormation service role"), and the role what `stack_work` judges.
"""

from moto.utilities.utils import get_partition

from jumpcf.local import tree
from jumpcf.local.enforce.asked import Asked, names
from jumpcf.local.enforce.callers import Caller, Context
from jumpcf.local.enforce.calls import Call
from jumpcf.local.records import ChangeSet, Stack
from jumpcf.local.refusals import NotImplementedHere
from jumpcf.local.template import parse
from jumpcf.local.world import World

_BY_ROLE = names("ContinueUpdateRollback CreateChangeSet DeleteStack ExecuteChangeSet")
_OF_STACK = names("DeleteChangeSet DetectStackDrift UpdateTerminationProtection")
_OF_NOTHING = names(
    "CreateStackSet DescribeOrganizationsAccess DescribeStackDriftDetectionStatus ListStackSets"
)
_TARGETING = names("CreateStackInstances DeleteStackInstances UpdateStackInstances UpdateStackSet")
_READS = ("Describe", "Get", "List")


def asked(world: World, call: Call, caller: Caller) -> list[Asked]:
    """Everything that must be allowed for a call."""
    if call.operation in _OF_NOTHING:
        return [_one(call, caller, "*")]
    if call.text("StackSetName"):
        return _stack_set(world, call, caller)
    if call.operation in _BY_ROLE:
        return _by_role(world, call, caller)
    if call.operation in _OF_STACK or call.operation.startswith(_READS):
        return [_one(call, caller, _stack_arn(world, call, caller))]
    raise _unjudged(call)


def _one(call: Call, caller: Caller, resource: str, context: Context | None = None) -> Asked:
    return Asked(action=call.action, resource=resource, account=caller.account, context=context or {})


def _by_role(world: World, call: Call, caller: Caller) -> list[Asked]:
    """Through a service role: the one that is passed, or the one that the stack keeps."""
    passed = call.text("RoleARN")
    change_set, stack = _change_set(world, call, caller), _stack(world, call, caller)
    kept = (change_set.role_arn if change_set else None) or (stack.role_arn if stack else None)
    shell = stack is not None and stack.status == "REVIEW_IN_PROGRESS" and call.operation == "DeleteStack"
    if not (passed or kept or shell):
        raise _unjudged(call)
    context: Context = {"cloudformation:RoleArn": passed} if passed else {}
    made = [_one(call, caller, _stack_arn(world, call, caller), context)]
    if passed:
        made.append(
            Asked(
                action="iam:PassRole",
                resource=passed,
                account=caller.account,
                context={"iam:PassedToService": "cloudformation.amazonaws.com"},
            )
        )
    return made


def _stack_arn(world: World, call: Call, caller: Caller) -> str:
    """The stack's ARN, that of the one to be made, or "*" for a list of all."""
    stack = _stack(world, call, caller)
    if stack is not None:
        return stack.id
    wanted = call.text("StackName") or call.text("StackId")
    if call.text("ChangeSetName") and not wanted:
        raise NotImplementedHere(f"The embedded AWS cannot judge {call.action} (--enforce).")
    if not wanted:
        return "*"
    prefix = f"arn:{get_partition(call.region)}:cloudformation:{call.region}:{caller.account}"
    return wanted if wanted.startswith("arn:") else f"{prefix}:stack/{wanted}/none"


def _stack(world: World, call: Call, caller: Caller) -> Stack | None:
    """The latest stack that the call names, or whose change set it names."""
    place = world.place(caller.account, call.region)
    change_set = _change_set(world, call, caller)
    wanted = change_set.stack_id if change_set else call.text("StackName") or call.text("StackId")
    named = [stack for stack in place.stacks.values() if wanted and wanted in (stack.name, stack.id)]
    return named[-1] if named else None


def _change_set(world: World, call: Call, caller: Caller) -> ChangeSet | None:
    return world.place(caller.account, call.region).change_sets.get(call.text("ChangeSetName"))


def _stack_set(world: World, call: Call, caller: Caller) -> list[Asked]:
    """A StackSet, its targets and the types of its resources; a delegated administrator's is in the management
    account, and so are its ARNs (assumed, live check 94)."""
    account = caller.account
    if call.text("CallAs") == "DELEGATED_ADMIN":
        account = tree.management_of(caller.account, call.region) or account
    name = call.text("StackSetName")
    there = world.home(account, call.region).stack_sets.values()
    found = next((one for one in there if one.status == "ACTIVE" and name in (one.name, one.id)), None)
    prefix = f"arn:{get_partition(call.region)}:cloudformation:{call.region}"
    resources = [f"{prefix}:{account}:stackset/{found.id if found else f'{name}:none'}"]
    if call.operation in _TARGETING:
        units = [value for key, value in call.parameters.items() if ".OrganizationalUnitIds." in key]
        resources += [f"{prefix}:{account}:stackset-target/{name}/{unit}" for unit in units]
        body = call.text("TemplateBody") or (world.templates.get(found.template, "") if found else "")
        types = sorted({item.type for item in parse(body).resources.values()}) if body else []
        resources += [f"{prefix}::type/resource/{kind.replace('::', '-')}" for kind in types]
    return [_one(call, caller, resource) for resource in resources]


def _unjudged(call: Call) -> NotImplementedHere:
    return NotImplementedHere(
        f"The embedded AWS lets only administrators call cloudformation:{call.operation} (--enforce): it "
        "cannot judge what a stack does for its caller."
    )
