"""KMS: moto's, whose keys work in any state; here a disabled one, or one that is going, does nothing.

KMS developer guide, "Key states of KMS keys" (the table of operations); CreateAlias: aliases of AWS services
begin with alias/aws/ and belong to AWS.
"""

from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.kms.exceptions import NotAuthorizedException
from moto.kms.responses import KmsResponse

from jumpcf.local import kms_keys

_ID = 36  # characters of a key's id, with which moto's ciphertexts begin
_USES = frozenset({"Decrypt", "Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "ReEncrypt"})
_NOT_WHILE_GOING = frozenset(
    {"DisableKey", "EnableKey", "DisableKeyRotation", "EnableKeyRotation", "TagResource"}
)


class Kms(KmsResponse):
    """The state of the key is looked at before the call."""

    def call_action(self) -> Any:
        """Whatever the call, the state first."""
        try:
            self._check_state(str(self._get_action()))
        except JsonRESTError as error:
            return error.code, error.get_headers(), error.get_body()
        return super().call_action()

    def create_alias(self) -> str:
        if str(self._get_param("AliasName")).startswith("alias/aws/"):
            raise NotAuthorizedException
        return super().create_alias()

    def _check_state(self, action: str) -> None:
        if action not in _USES | _NOT_WHILE_GOING:
            return
        wanted = [self._get_param("KeyId"), self._get_param("DestinationKeyId")]
        blob = self._get_param("CiphertextBlob")
        if isinstance(blob, bytes):
            wanted.append(blob[:_ID].decode("ascii", "replace"))
        for name in wanted:
            key = kms_keys.find(self.current_account, self.region, name) if name else None
            if key is None or key.key_state == "Enabled":
                continue
            if key.key_state == "PendingDeletion":
                raise JsonRESTError("KMSInvalidStateException", f"{key.arn} is pending deletion.")
            if action in _USES:
                raise JsonRESTError("DisabledException", f"{key.arn} is disabled.")
