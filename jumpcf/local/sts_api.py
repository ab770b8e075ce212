"""STS: moto's, which lets anybody into any account; here the role has to exist, and sessions end.

STS API reference: AssumeRole, GetSessionToken, GetCallerIdentity.  Whether a caller may take a role is judged
by the guard, with `--enforce`; without it every known key may.
"""

import re
from typing import Any, ClassVar

from moto.core.responses import ActionResult
from moto.iam.models import Role
from moto.iam.policy_validation import IAMPolicyDocumentValidator
from moto.sts.exceptions import STSValidationError
from moto.sts.models import AssumedRole
from moto.sts.responses import TokenResponse
from moto.sts.utils import random_session_token

from jumpcf.local import devices, sessions
from jumpcf.local.accounts import access_key_id, is_known
from jumpcf.local.documents import document_of
from jumpcf.local.refusals import Denied, NotImplementedHere, Refusal
from jumpcf.local.sessions import Session
from jumpcf.local.world import World

SESSION_POLICY = 2048  # characters of an inline session policy
CHAINED = 3600  # the most that a role's session may last which a role's session took
_OF_ROOT = 3600  # GetSessionToken by an account's root (STS API reference)
_ROLE = re.compile(r"arn:[^:]+:iam::(\d{12}):role/.+")


class PackedPolicyTooLarge(Refusal):
    code = "PackedPolicyTooLarge"


class Sts(TokenResponse):
    """`world` is set on a subclass by the server."""

    world: ClassVar[World]

    def get_caller_identity(self) -> ActionResult:
        """The account's own fixed key is its root; a user's session is the user."""
        account, key = self.current_account, self.get_access_key()
        session = self.world.sessions.get(key)
        if key == access_key_id(account) or (session and not session.role_id and not session.user_name):
            arn = f"arn:{self.partition}:iam::{account}:root"
            return ActionResult({"UserId": account, "Account": account, "Arn": arn})
        if session is not None and session.user_name:
            user = sessions.iam_of(account, self.region).get_user(session.user_name)
            return ActionResult({"UserId": user.id, "Account": account, "Arn": user.arn})
        return super().get_caller_identity()

    def assume_role(self) -> ActionResult:
        """Everything is checked before the session begins."""
        for name in ("Tags", "TransitiveTagKeys", "SourceIdentity", "ProvidedContexts"):
            if self._get_param(name):
                raise NotImplementedHere(f"The embedded AWS has not {name} of AssumeRole.")
        role = self._role(self._get_param("RoleArn") or "")
        duration, policies = self._duration(role), self._session_policies(role)
        made: AssumedRole = self.backend.assume_role(
            region_name=self.region,
            role_session_name=self._session_name(),
            role_arn=role.arn,
            policy=self._get_param("Policy"),
            duration=duration,
            external_id=self._get_param("ExternalId"),
        )
        session = self._begin(
            made.access_key_id,
            made.session_token,
            duration,
            account=role.account_id,
            role_id=role.id,
            name=made.session_name,
            policies=policies,
        )
        credentials = self._credentials(session, made.secret_access_key)
        person = {"AssumedRoleId": made.user_id, "Arn": made.arn}
        return ActionResult({"Credentials": credentials, "AssumedRoleUser": person, "PackedPolicySize": 6})

    def get_session_token(self) -> ActionResult:
        """For a user or an account's root; a session cannot ask for another (AccessDenied)."""
        key, account = self.get_access_key(), self.current_account
        if key in self.world.sessions:
            raise Denied("Cannot call GetSessionToken with session credentials")
        iam = sessions.iam_of(account, self.region)
        user = sessions.user_of(key, account, self.region)
        serial, now = self._get_param("SerialNumber"), self.world.clock()
        if serial:
            devices.present(iam, user, serial, self._get_param("TokenCode") or "", now)
        duration = self._get_int_param("DurationSeconds", 43200)
        made = iam.create_temp_access_key()
        session = self._begin(
            made.access_key_id,
            random_session_token(),
            duration if user else min(duration, _OF_ROOT),
            account=account,
            user_name=user.name if user else "",
            mfa_at=now if serial else None,
        )
        return ActionResult({"Credentials": self._credentials(session, made.secret_access_key)})

    def get_federation_token(self) -> ActionResult:
        raise NotImplementedHere("The embedded AWS has not GetFederationToken.")

    def assume_role_with_web_identity(self) -> ActionResult:
        raise NotImplementedHere("The embedded AWS has not AssumeRoleWithWebIdentity.")

    def assume_role_with_saml(self) -> ActionResult:
        raise NotImplementedHere("The embedded AWS has not AssumeRoleWithSAML.")

    def _role(self, arn: str) -> Role:
        """The role; AWS does not tell one that is not there from one that is closed."""
        found = _ROLE.fullmatch(arn)
        if found and is_known(found[1]):
            for role in sessions.iam_of(found[1], self.region).get_roles():
                if role.arn == arn:
                    return role
        identity: Any = self.get_caller_identity().result
        raise Denied(
            f"User: {identity['Arn']} is not authorized to perform: sts:AssumeRole on resource: {arn}"
        )

    def _duration(self, role: Role) -> int:
        asked = int(self._get_int_param("DurationSeconds", 3600))
        caller = self.world.sessions.get(self.get_access_key())
        if caller is not None and caller.role_id and asked > CHAINED:
            raise STSValidationError(
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
            )
        if asked > int(role.max_session_duration or 3600):
            raise STSValidationError(
                "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
            )
        return asked

    def _session_name(self) -> str:
        name = str(self._get_param("RoleSessionName") or "")
        if not re.fullmatch(r"[\w+=,.@-]{2,64}", name, re.ASCII):
            raise STSValidationError(
                f"1 validation error detected: Value '{name}' at 'roleSessionName' failed to satisfy constraint: "
                "Member must have length between 2 and 64 and satisfy regular expression pattern: [\\w+=,.@-]*"
            )
        return name

    def _session_policies(self, role: Role) -> tuple[str, ...]:
        inline = self._get_param("Policy")
        if inline and len(inline) > SESSION_POLICY:
            raise PackedPolicyTooLarge(f"Packed policy is larger than {SESSION_POLICY} characters.")
        if inline:
            IAMPolicyDocumentValidator(inline).validate()
        named = [one.get("arn", "") for one in self._get_param("PolicyArns", [])]
        iam = sessions.iam_of(role.account_id, self.region)
        return (*([inline] if inline else []), *(document_of(iam.get_policy(arn)) for arn in named))

    def _begin(self, key: str, token: str, duration: int, **more: Any) -> Session:
        now = self.world.clock()
        session = Session(key=key, token=token, issued=now, expires=now + duration, **more)
        sessions.begin(self.world.sessions, session)
        return session

    def _credentials(self, session: Session, secret: str) -> dict[str, Any]:
        return {
            "AccessKeyId": session.key,
            "SecretAccessKey": secret,
            "SessionToken": session.token,
            "Expiration": self.world.instant(session.expires),
        }
