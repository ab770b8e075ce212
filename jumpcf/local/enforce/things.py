"""Which resource a call is about, for every service but IAM, and the policy that the resource has itself.

Service Authorization Reference, 2026.  A call that is in no row is not judged, and therefore refused.
"""

import re
from collections.abc import Callable
from typing import Any

from moto.iam.models import Role
from moto.kms.models import Key
from moto.organizations.models import OrganizationsBackend
from moto.s3.models import s3_backends
from moto.utilities.utils import get_partition

from jumpcf.local import kms_keys, parameter_store, sessions, tree
from jumpcf.local.accounts import is_known
from jumpcf.local.enforce import iam_things, stack_things
from jumpcf.local.enforce.asked import Asked, names
from jumpcf.local.enforce.callers import Caller, Context
from jumpcf.local.enforce.calls import Call
from jumpcf.local.refusals import NotImplementedHere
from jumpcf.local.world import World

_ROLE = re.compile(r"arn:[^:]+:iam::(\d{12}):role/.+", re.ASCII)
_NO_PERMISSION = frozenset({"GetCallerIdentity", "GetSessionToken"})
_OF_THE_ORGANIZATION = names(
    """DescribeOrganization ListAWSServiceAccessForOrganization ListAccounts ListCreateAccountStatus
    ListDelegatedAdministrators ListRoots"""
)
_PARAMETER = frozenset({"DeleteParameter", "GetParameter", "GetParameterHistory", "PutParameter"})
_TAGGED_PARAMETER = frozenset({"AddTagsToResource", "ListTagsForResource", "RemoveTagsFromResource"})
_KEY = names(
    """Decrypt DescribeKey DisableKey DisableKeyRotation EnableKey EnableKeyRotation Encrypt GenerateDataKey
    GenerateDataKeyWithoutPlaintext GetKeyPolicy GetKeyRotationStatus ListKeyPolicies ListResourceTags
    PutKeyPolicy ScheduleKeyDeletion CancelKeyDeletion TagResource UntagResource
    UpdateKeyDescription"""
)


def asked(world: World, call: Call, caller: Caller) -> list[Asked]:
    """Everything that must be allowed; nothing for a call that needs no permission."""
    if call.service == "iam":
        return iam_things.asked(call, caller)
    return _SERVICES[call.service](world, call, caller)


def _sts(world: World, call: Call, caller: Caller) -> list[Asked]:
    if call.operation in _NO_PERMISSION:  # STS API reference
        return []
    arn = call.text("RoleArn")
    found = _ROLE.fullmatch(arn)
    if call.operation != "AssumeRole" or not found:
        raise _unknown(call)
    role = _role(arn, found[1], call.region)
    keys = {"sts:RoleSessionName": "RoleSessionName", "sts:ExternalId": "ExternalId"}
    context = iam_things.resource_tags({tag["Key"]: tag["Value"] for tag in role.tags}) if role else {}
    context |= {key: call.text(name) for key, name in keys.items() if call.text(name)}
    document = role.assume_role_policy_document if role else ""
    one = Asked(
        action=call.action, resource=arn, account=found[1], context=context, kind="trust", document=document
    )
    return [one]


def _role(arn: str, account: str, region: str) -> Role | None:
    if not is_known(account):
        return None
    return next((role for role in sessions.iam_of(account, region).get_roles() if role.arn == arn), None)


def _organizations(world: World, call: Call, caller: Caller) -> list[Asked]:
    """Reading the whole of it, and reading things in it, which are the management account's."""
    if call.operation in _OF_THE_ORGANIZATION:
        return [Asked(action=call.action, resource="*", account=caller.account)]
    management = tree.management_of(caller.account, call.region)
    about = {
        "DescribeAccount": "AccountId",
        "DescribeOrganizationalUnit": "OrganizationalUnitId",
        "ListDelegatedServicesForAccount": "AccountId",
        "ListAccountsForParent": "ParentId",
        "ListOrganizationalUnitsForParent": "ParentId",
        "ListParents": "ChildId",
    }
    if call.operation not in about or management is None:
        raise _unknown(call)
    arn = _arn_in(tree.backend(management, call.region), call.text(about[call.operation]))
    return [Asked(action=call.action, resource=arn or "*", account=caller.account)]


def _arn_in(backend: OrganizationsBackend, wanted: str) -> str | None:
    things: list[Any] = [*backend.ou, *backend.accounts]
    return next((str(one.arn) for one in things if one.id == wanted), None)


def _ssm(world: World, call: Call, caller: Caller) -> list[Asked]:
    """A parameter, and the key of a SecureString: Systems Manager encrypts and decrypts for its caller."""
    if call.operation == "DescribeParameters":
        return [Asked(action=call.action, resource="*", account=caller.account)]
    made = []
    for name in _parameters(call):
        made.append(
            Asked(action=call.action, resource=_parameter(call, caller, name), account=caller.account)
        )
        key = _key_of(call, caller, name)
        if key is not None:
            deed = "kms:Encrypt" if call.operation == "PutParameter" else "kms:Decrypt"
            made.append(_on_key(deed, key, caller))
    return made


def _parameters(call: Call) -> list[str]:
    if call.operation in _PARAMETER:
        return [call.text("Name")]
    if call.operation in ("GetParameters", "DeleteParameters"):
        return [str(name) for name in call.parameters["Names"]]
    if call.operation in _TAGGED_PARAMETER and call.text("ResourceType") == "Parameter":
        return [call.text("ResourceId")]
    raise _unknown(call)


def _parameter(call: Call, caller: Caller, name: str) -> str:
    plain = name.partition(":parameter/")[2] if name.startswith("arn:") else name.removeprefix("/")
    partition = get_partition(call.region)
    return f"arn:{partition}:ssm:{call.region}:{caller.account}:parameter/{plain.partition(':')[0]}"


def _key_of(call: Call, caller: Caller, name: str) -> Key | None:
    """The key that encrypts what is put, or has encrypted what is read in plain."""
    if call.operation == "PutParameter":
        wanted = call.text("KeyId") if call.text("Type") == "SecureString" else ""
    elif call.parameters.get("WithDecryption"):
        found = parameter_store.backends()[caller.account][call.region].get_parameter(name)
        wanted = (found.keyid or "") if found and found.parameter_type == "SecureString" else ""
    else:
        wanted = ""
    return kms_keys.find(caller.account, call.region, wanted) if wanted else None


def _on_key(action: str, key: Key, caller: Caller) -> Asked:
    context: Context = {"kms:ResourceAliases": tuple(key.aliases)} if key.aliases else {}
    return Asked(
        action=action,
        resource=key.arn,
        account=key.account_id,
        context=context,
        kind="key",
        document=key.policy,
    )


def _kms(world: World, call: Call, caller: Caller) -> list[Asked]:
    if call.operation in ("CreateKey", "ListKeys", "ListAliases"):
        return [Asked(action=call.action, resource="*", account=caller.account)]
    if call.operation not in _KEY:
        raise _unknown(call)
    wanted = call.text("KeyId")
    key = kms_keys.find(caller.account, call.region, wanted)
    if key is None:
        raise NotImplementedHere(
            f"The embedded AWS cannot judge {call.action} of the key {wanted or 'nobody names'} (--enforce)."
        )
    return [_on_key(call.action, key, caller)]


def _s3(world: World, call: Call, caller: Caller) -> list[Asked]:
    if not call.bucket:
        return [Asked(action=call.action, resource="*", account=caller.account)]
    partition = get_partition(call.region)
    resource = f"arn:{partition}:s3:::{call.bucket}" + (f"/{call.key}" if call.key else "")
    _, owner = s3_backends.bucket_accounts.get(call.bucket, (partition, caller.account))
    bucket = s3_backends[owner][partition].buckets.get(call.bucket)
    policy = bucket.policy if bucket is not None else None
    document = policy.decode() if isinstance(policy, bytes) else str(policy or "")
    context = {"s3:prefix": call.text("prefix")} if call.operation == "ListBucket" else {}
    one = Asked(
        action=call.action,
        resource=resource,
        account=owner,
        context=dict(context),
        kind="bucket",
        document=document,
    )
    return [one]


def _unknown(call: Call) -> NotImplementedHere:
    return NotImplementedHere(f"The embedded AWS cannot judge {call.action} (--enforce).")


_SERVICES: dict[str, Callable[[World, Call, Caller], list[Asked]]] = {
    "cloudformation": stack_things.asked,
    "kms": _kms,
    "organizations": _organizations,
    "s3": _s3,
    "ssm": _ssm,
    "sts": _sts,
}
