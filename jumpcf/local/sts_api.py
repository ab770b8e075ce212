"""STS: moto's, which lets anybody into any account; here the account has to exist, and the key names its owner.

A role need not exist and its trust is not evaluated: see docs/local.md.
"""

import re

from moto.core.responses import ActionResult
from moto.sts.responses import TokenResponse

from jumpcf.local.accounts import access_key_id, is_known
from jumpcf.local.refusals import Denied


class Sts(TokenResponse):
    """GetCallerIdentity and AssumeRole."""

    def get_caller_identity(self) -> ActionResult:
        """The account's own fixed key is its root; every other key is what moto says."""
        account = self.current_account
        if self.get_access_key() == access_key_id(account):
            arn = f"arn:{self.partition}:iam::{account}:root"
            return ActionResult({"UserId": account, "Account": account, "Arn": arn})
        return super().get_caller_identity()

    def assume_role(self) -> ActionResult:
        arn = self._get_param("RoleArn") or ""
        found = re.fullmatch(r"arn:[^:]+:iam::(\d{12}):role/.+", arn)
        if not found or not is_known(found[1]):
            raise Denied(f"The embedded AWS has no account for {arn}; it knows those of the estate.")
        return super().assume_role()
