"""What of moto is kept between commands, by name: which services, which attributes, which classes.

Temporary credentials (AssumeRole) are not kept, SSM is kept by `parameter_store`.  An object of a class that
is not in TABLE makes saving fail rather than forget.
"""

import hashlib
import json
import re
import tempfile
import threading
from dataclasses import dataclass, fields
from typing import Any

from moto.core.base_backend import BackendDict
from moto.iam import models as iam
from moto.kms import models as kms
from moto.kms.models import kms_backends
from moto.organizations import models as organizations
from moto.organizations.models import organizations_backends
from moto.s3 import models as s3
from moto.s3.models import s3_backends
from moto.s3.utils import _VersionedKeyStore
from moto.utilities.tagging_service import TaggingService
from moto.utilities.utils import LowercaseDict

from jumpcf.local import records
from jumpcf.local.graph import PLAIN, Kind, Table
from jumpcf.local.world import World

_WORLD = (
    *("places", "homes", "trusted", "templates", "seeded", "faults", "works", "arrivals"),
    *("ahead", "fault_files"),
)
_IAM = [
    "roles",
    "groups",
    "users",
    "managed_policies",
    "account_aliases",
    "open_id_providers",
    "virtual_mfa_devices",
    "account_password_policy",
    "access_keys",
    "tagger",
    "instance_profiles",
]
_TEMPORARY = re.compile("ASIA")  # access keys of AssumeRole


@dataclass(frozen=True, slots=True)
class _Service:
    """A service's backends and the attributes of each that are its state."""

    backends: BackendDict[Any]
    attributes: tuple[str, ...]


_SERVICES = {
    "iam": _Service(iam.iam_backends, tuple(_IAM)),
    "organizations": _Service(
        organizations_backends, ("org", "accounts", "ou", "policies", "services", "admins")
    ),
    "s3": _Service(s3_backends, ("buckets", "tagger")),
    "kms": _Service(kms_backends, ("keys", "tagger")),
}


def _save_object(item: Any) -> dict[str, Any]:
    state = {name: value for name, value in vars(item).items() if name not in ("_value_buffer", "lock")}
    return state | {"value": item.value}


def _load_object(item: Any, state: dict[str, Any]) -> None:
    value = state.pop("value")
    vars(item).update(state)
    item._value_buffer = tempfile.SpooledTemporaryFile(item._max_buffer_size)  # noqa: SIM115 - the object owns it
    item._value_buffer.write(value)
    item.lock = threading.Lock()


def _save_key(item: Any) -> dict[str, Any]:
    return {name: value for name, value in vars(item).items() if name != "private_key"}


def _load_key(item: Any, state: dict[str, Any]) -> None:
    vars(item).update(state)
    item.private_key = None  # of symmetric keys, the only ones here, moto makes one and never uses it


def _save_store(item: Any) -> dict[str, Any]:
    return {"items": [[name, item.getlist(name)] for name in dict.keys(item)]}


def _load_store(item: Any, state: dict[str, Any]) -> None:
    for name, versions in state["items"]:
        dict.__setitem__(item, name, versions)


def _save_dictionary(item: Any) -> dict[str, Any]:
    return {"items": dict(item)}


def _load_dictionary(item: Any, state: dict[str, Any]) -> None:
    dict.update(item, state["items"])


TABLE = Table(
    records=(
        records.Arrival,
        records.ChangeSet,
        records.Fault,
        records.Home,
        records.Instance,
        records.Operation,
        records.Place,
        records.Resource,
        records.Result,
        records.Stack,
        records.StackSet,
        records.Wish,
        records.Work,
    ),
    objects={
        **dict.fromkeys(
            (
                iam.AccessKey,
                iam.AccessKeyLastUsed,
                iam.AccountPasswordPolicy,
                iam.AWSManagedPolicy,
                iam.Group,
                iam.InstanceProfile,
                iam.ManagedPolicy,
                iam.MFADevice,
                iam.OpenIDConnectProvider,
                iam.PolicyVersion,
                iam.Role,
                iam.SigningCertificate,
                iam.SshPublicKey,
                iam.User,
                iam.VirtualMfaDevice,
                kms.Alias,
                kms.Grant,
                organizations.FakeAccount,
                organizations.FakeDelegatedAdministrator,
                organizations.FakeOrganization,
                organizations.FakeOrganizationalUnit,
                organizations.FakePolicy,
                organizations.FakeRoot,
                s3.FakeAcl,
                s3.FakeBucket,
                s3.FakeDeleteMarker,
                s3.FakeGrant,
                s3.FakeGrantee,
                s3.LifecycleAndFilter,
                s3.LifecycleFilter,
                s3.LifecycleRule,
                s3.LifecycleTransition,
                s3.LifeCycleNoncurrentVersionTransition,
                s3.PublicAccessBlock,
                LowercaseDict,
                TaggingService,
            ),
            PLAIN,
        ),
        kms.Key: Kind(_save_key, _load_key),
        s3.FakeKey: Kind(_save_object, _load_object),
        s3.MultipartDict: Kind(_save_dictionary, _load_dictionary),
        _VersionedKeyStore: Kind(_save_store, _load_store),
    },
)


def shape() -> str:
    """What is kept, as eight hex digits: another set of records, fields, attributes or classes, another shape."""
    kept = {
        "world": _WORLD,
        "records": {kind.__name__: [one.name for one in fields(kind)] for kind in TABLE.records},
        "services": {name: service.attributes for name, service in _SERVICES.items()},
        "classes": sorted(TABLE.name(kind) for kind in TABLE.objects),
    }
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()[:8]


def take(world: World) -> dict[str, Any]:
    """Everything but SSM, as one graph's root; to be dumped at once, under the lock."""
    return {
        "world": {name: getattr(world, name) for name in _WORLD},
        "services": {name: _backends(service) for name, service in _SERVICES.items()},
        "members": organizations_backends.master_accounts,
        "buckets": s3_backends.bucket_accounts,
    }


def put(world: World, root: dict[str, Any]) -> None:
    """The reverse of `take`, into empty services."""
    for name in _WORLD:
        setattr(world, name, root["world"][name])
    for name, rows in root["services"].items():
        service = _SERVICES[name]
        for account, region, state in rows:
            backend = service.backends[account][region]
            vars(backend).update({key: state[key] for key in service.attributes})
    organizations_backends.master_accounts.update(root["members"])
    s3_backends.bucket_accounts.update(root["buckets"])


def _backends(service: _Service) -> list[list[Any]]:
    return [
        [account, region, {name: _kept(name, getattr(backend, name)) for name in service.attributes}]
        for account, regions in service.backends.items()
        for region, backend in regions.items()
        if not _is_empty(service, backend)
    ]


def _is_empty(service: _Service, backend: Any) -> bool:
    return not any(getattr(backend, name) for name in service.attributes if name != "tagger")


def _kept(name: str, value: Any) -> Any:
    if name != "access_keys":
        return value
    return {key_id: key for key_id, key in value.items() if not _TEMPORARY.match(key_id)}
