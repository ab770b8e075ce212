"""IAM: moto's, with what it lacks: passwords, quotas, delete conflicts, a credential report, boundaries of users."""

from typing import Any, ClassVar

from moto.core.responses import ActionResult
from moto.iam.exceptions import EntityAlreadyExists, NoSuchEntity, ValidationError

from jumpcf.local import devices
from jumpcf.local.credential_report import CredentialReport
from jumpcf.local.iam_limits import Limits
from jumpcf.local.passwords import Passwords
from jumpcf.local.world import World

_OWN = frozenset(  # IAM API reference: without a UserName these mean whoever asks
    {
        *(
            "CreateAccessKey",
            "DeleteAccessKey",
            "GetUser",
            "ListAccessKeys",
            "ListMFADevices",
            "UpdateAccessKey",
        ),
        *("ListServiceSpecificCredentials", "ListSSHPublicKeys", "ListSigningCertificates"),
    }
)


class Iam(Passwords, CredentialReport, Limits):
    """`world` is set on a subclass by the server."""

    world: ClassVar[World]

    def _get_param(self, param_name: str, if_none: Any = None) -> Any:
        value = super()._get_param(param_name, if_none)
        if param_name == "UserName" and value is None and self._get_action() in _OWN:
            return self._asking()
        return value

    def _asking(self) -> str | None:
        """The name of the user who asks; None for an account's root."""
        key = self.get_access_key()
        session = self.world.sessions.get(key)
        if session is not None and session.role_id:
            raise ValidationError("Must specify userName when calling with non-User credentials")
        if session is not None:
            return session.user_name or None
        user = self.backend.get_user_from_access_key_id(key)
        return user.name if user else None

    def get_user(self) -> ActionResult:
        if self._get_param("UserName"):
            return super().get_user()
        account = self.current_account
        root = {
            "UserId": account,
            "Arn": f"arn:{self.partition}:iam::{account}:root",
            "CreateDate": self.world.instant(0),
        }
        return ActionResult({"User": root})

    def enable_mfa_device(self) -> ActionResult:
        """Codes are looked at with --enforce only; without it any two will do."""
        serial = self._get_param("SerialNumber")
        device = self.backend.virtual_mfa_devices.get(serial)
        if device is None and ":mfa/" in serial:
            raise NoSuchEntity(f"VirtualMFADevice with serial number {serial} does not exist.")
        if device is not None and device.user is not None:
            raise EntityAlreadyExists("MFADevice entity at the same path and name already exists.")
        if self.world.enforce:
            codes = self._get_param("AuthenticationCode1"), self._get_param("AuthenticationCode2")
            devices.enrol(self.backend, serial, *codes, self.world.clock())
        return super().enable_mfa_device()
