"""Service-specific credentials of IAM users (Git, Keyspaces, Bedrock), which moto has not.

Source: IAM API reference, CreateServiceSpecificCredential and its neighbours.  What the embedded AWS keeps
is the entry, never the password.
"""

import secrets
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import utcnow
from moto.iam.exceptions import NotFoundException
from moto.iam.models import User
from moto.iam.responses import IamResponse

_KEPT = "service_credentials"


def held_by(user: User) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = vars(user).get(_KEPT, [])
    return found


def create(self: IamResponse) -> ActionResult:
    user = self.backend.get_user(self._get_param("UserName"))
    made = {
        "UserName": user.name,
        "ServiceName": self._get_param("ServiceName"),
        "ServiceUserName": f"{user.name}-at-{user.account_id}",
        "ServiceSpecificCredentialId": "ACCA" + secrets.token_hex(8).upper(),
        "Status": "Active",
        "CreateDate": utcnow(),
    }
    vars(user)[_KEPT] = [*held_by(user), made]
    return ActionResult({"ServiceSpecificCredential": made | {"ServicePassword": secrets.token_urlsafe(32)}})


def list_all(self: IamResponse) -> ActionResult:
    user = self.backend.get_user(self._get_param("UserName"))
    return ActionResult({"ServiceSpecificCredentials": held_by(user), "IsTruncated": False})


def delete(self: IamResponse) -> EmptyResult:
    user = self.backend.get_user(self._get_param("UserName"))
    wanted = self._get_param("ServiceSpecificCredentialId")
    left = [one for one in held_by(user) if one["ServiceSpecificCredentialId"] != wanted]
    if len(left) == len(held_by(user)):
        raise NotFoundException(f"The Service Specific Credential {wanted} cannot be found.")
    vars(user)[_KEPT] = left
    return EmptyResult()


CALLS = {
    "create_service_specific_credential": create,
    "list_service_specific_credentials": list_all,
    "delete_service_specific_credential": delete,
}
"""By the names under which moto dispatches them."""
