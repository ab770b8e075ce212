"""IAM: moto's, with what it lacks: passwords, quotas, delete conflicts, a credential report, boundaries of users."""

from typing import ClassVar

from moto.core.responses import ActionResult

from jumpcf.local import devices
from jumpcf.local.credential_report import CredentialReport
from jumpcf.local.iam_limits import Limits
from jumpcf.local.passwords import Passwords
from jumpcf.local.world import World


class Iam(Passwords, CredentialReport, Limits):
    """`world` is set on a subclass by the server."""

    world: ClassVar[World]

    def enable_mfa_device(self) -> ActionResult:
        """Codes are looked at with --enforce only; without it any two will do."""
        if self.world.enforce:
            serial = self._get_param("SerialNumber")
            codes = self._get_param("AuthenticationCode1"), self._get_param("AuthenticationCode2")
            devices.enrol(self.backend, serial, *codes, self.world.clock())
        return super().enable_mfa_device()
