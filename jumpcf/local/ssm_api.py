"""Parameter Store: moto's, which knows no keys; here a SecureString's key must be there and in use.

Systems Manager API reference, PutParameter (KeyId, Tier) and GetParameter (InvalidKeyId).  Importing this
imports moto's SSM, which is slow: see `parameter_store`.
"""

from typing import Any

from moto.core.responses import ActionResult
from moto.ssm.exceptions import ValidationException
from moto.ssm.responses import SimpleSystemManagerResponse

from jumpcf.local import kms_keys
from jumpcf.local.refusals import Refusal

STANDARD = 4096  # characters of a value of the standard tier


class InvalidKeyId(Refusal):
    code = "InvalidKeyId"


class Ssm(SimpleSystemManagerResponse):
    """PutParameter and the calls that decrypt."""

    def _get_param(self, param_name: str, if_none: Any = None) -> Any:
        """Without a KeyId a SecureString is under AWS's own key, also when another version had another."""
        value = super()._get_param(param_name, if_none)
        if param_name == "KeyId" and value is None and super()._get_param("Type") == "SecureString":
            return kms_keys.OF_SYSTEMS_MANAGER
        return value

    def put_parameter(self) -> ActionResult:
        if self._get_param("Type") == "SecureString":
            self._usable(self._get_param("KeyId"))
        if len(self._get_param("Value") or "") > STANDARD and self._get_param("Tier") in (None, "Standard"):
            raise ValidationException(
                f"Standard tier parameters support a maximum parameter value of {STANDARD} characters. To create a "
                "larger parameter value, upgrade the parameter to use the advanced-parameter tier."
            )
        return super().put_parameter()

    def get_parameter(self) -> ActionResult:
        self._decryptable([self._get_param("Name")])
        return super().get_parameter()

    def get_parameters(self) -> ActionResult:
        self._decryptable(self._get_param("Names"))
        return super().get_parameters()

    def _decryptable(self, names: list[str]) -> None:
        if not self._get_param("WithDecryption"):
            return
        for name in names:
            found = self.ssm_backend.get_parameter(name)
            if found is not None and found.parameter_type == "SecureString":
                self._usable(found.keyid or kms_keys.OF_SYSTEMS_MANAGER)

    def _usable(self, wanted: str) -> None:
        if wanted == kms_keys.OF_SYSTEMS_MANAGER:
            return
        key = kms_keys.find(self.current_account, self.region, wanted)
        if key is None:
            raise InvalidKeyId(f"Invalid keyId {wanted}")
        if key.key_state != "Enabled":
            raise InvalidKeyId(f"{key.arn} is {key.key_state}.")
