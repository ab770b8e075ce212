"""What policies say: the documents of managed policies, AWS's own among them.

The content of AWS's policies is moto's copy, which is as old as moto; `AWSManagedPolicy` objects here are
stubs (`providers.identities.check_policy`), because moto would load all of them for every account.
"""

import functools
import json
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, ManagedPolicy, iam_backends
from moto.utilities.utils import get_partition

from jumpcf.local.providers.base import Where
from jumpcf.local.providers.identities import check_policy
from jumpcf.local.refusals import NotImplementedHere

_ADMINISTRATOR = "policy/AdministratorAccess"


def document_of(policy: ManagedPolicy) -> str:
    """The default version's document, as JSON text."""
    if isinstance(policy, AWSManagedPolicy):
        known = _of_aws().get(policy.name)
        if known is None or known.get("Path", "/") != policy.path:
            raise NotImplementedHere(f"The embedded AWS does not know what {policy.arn} says.")
        return json.dumps(known["Document"])
    return str(next(one.document for one in policy.versions if one.version_id == policy.default_version_id))


@functools.cache
def _of_aws() -> dict[str, Any]:
    """Name to moto's record; read on first use: five megabytes."""
    made: dict[str, Any] = json.loads(aws_managed_policies_data)
    return made


def open_role(arn: str, region: str, *, trusted: str) -> None:
    """Make the role that an estate's connection names: an administrator's, for identities of one account."""
    _, partition, _, _, account, resource = arn.split(":", 5)
    path, _, name = resource.removeprefix("role").rpartition("/")
    iam = iam_backends[account][get_partition(region)]
    if any(role.name == name for role in iam.get_roles()):
        return
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:{partition}:iam::{trusted}:root"},
        "Action": "sts:AssumeRole",
    }
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.create_role(name, trust, f"{path}/", None, "", [], "43200")
    administrator = f"arn:{partition}:iam::aws:{_ADMINISTRATOR}"
    check_policy(Where(account, region), administrator)
    iam.attach_role_policy(administrator, name)
