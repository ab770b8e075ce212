"""Initial passwords: made once, kept in Parameter Store until they are handed over, withdrawn while unused.

The parameter is the lock: it is made, without overwriting, before the login profile, so of two who try one
stops.  CreateLoginProfile makes and never resets (IAM API reference), so no password that somebody has chosen
can be lost here.  No password reaches an outcome, a log or a refusal.
"""

import re
import secrets
from collections.abc import Callable
from typing import Any

from jumpcf.artifacts.marks import ESTATE_TAG, PARTNER_TAG, STACK_PARTNER_TAG
from jumpcf.artifacts.operation import CreatePassword, WithdrawPassword
from jumpcf.artifacts.secret import Secret
from jumpcf.artifacts.status import Outcome
from jumpcf.aws.api import Api
from jumpcf.aws.errors import CallRefused
from jumpcf.aws.generate import password
from jumpcf.aws.paging import Answer, Waiter
from jumpcf.aws.parameters import Parameters
from jumpcf.aws.tags import tag_dict
from jumpcf.errors import AwsRefused, Exit, JumpcfError

ATTEMPT_TAG = "jumpcf-attempt"
"""A nonce of one attempt: tells a parameter that this very attempt has made (its answer was lost) from any other."""
HANDED_BY, HANDED_AT = "jumpcf-handed-by", "jumpcf-handed-at"

TRIES = 6
LATER = ("EntityTemporarilyUnmodifiable", "ConcurrentModification")
NEVER_LOCKED = "the deploy lock is not held"

Operation = CreatePassword | WithdrawPassword
_NO_TAG = re.compile(r"[^\w.:/=+@ -]")  # what a tag's value may not have (Systems Manager API reference, Tag)


class NoPassword(JumpcfError):
    """There is nothing to hand over."""

    exit_code = Exit.NOT_AS_WANTED


class HandedOver(JumpcfError):
    """The password is the person's own by now, or somebody has it."""

    exit_code = Exit.GATE


class Passwords:
    """`locked` says whether this run holds the estate's deploy lock; `generate` gives a new password of a length."""

    def __init__(
        self,
        iam: Api,
        ssm: Api,
        waiter: Waiter,
        *,
        locked: Callable[[], bool],
        generate: Callable[[int], Secret] = password,
    ) -> None:
        self._iam, self._waiter, self._locked, self._generate = iam, waiter, locked, generate
        self._parameters = Parameters(ssm)

    def create(self, operation: CreatePassword) -> Outcome:
        """Make and keep one; may be repeated at any time, and never touches one that is there."""
        user = self._user(operation)
        if isinstance(user, Outcome):
            return user
        if user is None:
            return _failed(f"{operation.user} is not there")
        if self._profile(operation.user):
            return _done(f"{operation.user} has a password already, it stays")
        secret = self._generate(operation.length)
        refused = self._keep(operation, secret)
        return refused or self._set(operation, secret)

    def withdraw(self, operation: WithdrawPassword) -> Outcome:
        """Take a password that nobody ever used, then what is stored; may be repeated at any time."""
        user = self._user(operation, tries=1)
        if isinstance(user, Outcome):
            return user
        profile = self._profile(operation.user) if user else None
        told = f"{operation.user} had no password"
        if user and profile:
            told = f"{operation.user} has used his password meanwhile, it stays"
            if unused(user, profile):
                self._call("DeleteLoginProfile", LATER, TRIES, UserName=operation.user)
                told = f"the unused password of {operation.user} is withdrawn"
        if self._parameters.delete(operation.parameter):
            told += "; what was stored is deleted"
        return _done(told)

    def hand_over(self, operation: CreatePassword, by: str, at: str) -> Secret:
        """The initial password, once: who got it and when (`by`, an ARN; `at`, UTC) stands among the parameter's
        tags before it is given.  Raises a refusal where there is none, or it was used or given before."""
        self.unused_or_none(operation)
        name = operation.parameter
        secret = self._parameters.read(name)
        if secret is None or self._profile(operation.user) is None:
            hint = "--new makes another, if he never used one"
            raise NoPassword("A563", f"no initial password is kept for {operation.user}", hint)
        tags = self._parameters.tags(name)
        if HANDED_AT in tags:
            told = f"was shown to {tags.get(HANDED_BY, '?')} at {tags[HANDED_AT]}"
            hint = "--new makes another, as long as he has not used it"
            raise HandedOver("A564", f"the initial password of {operation.user} {told}", hint)
        self._parameters.tag(name, {HANDED_BY: _NO_TAG.sub("_", by)[:256], HANDED_AT: at})
        return secret

    def unused_or_none(self, operation: Operation) -> None:
        """Raises a refusal where the user has a password that he has used, or is nobody of ours."""
        user = self._user(operation, tries=1)
        if isinstance(user, Outcome):
            raise AwsRefused("A531", user.reason.removesuffix(" [A531]"))
        if user is None:
            raise NoPassword("A563", f"{operation.user} is not there", "deploy first")
        profile = self._profile(operation.user)
        if profile and not unused(user, profile):
            raise HandedOver(
                "A562",
                f"{operation.user} has a password of his own; nobody is shown it or resets it here",
                "if he has lost it: aws iam update-login-profile --password-reset-required, by an administrator",
            )

    def _keep(self, operation: CreatePassword, secret: Secret) -> Outcome | None:
        """Store the password to be; an outcome where that must not be."""
        attempt = secrets.token_hex(8)
        name, key = operation.parameter, operation.key
        tags = {
            ESTATE_TAG: operation.estate,
            STACK_PARTNER_TAG: operation.partner,
            "jumpcf-user": operation.user,
            ATTEMPT_TAG: attempt,
        }
        if self._parameters.create(name, secret, key, tags):
            return None
        found = self._parameters.tags(name)
        if found.get(ATTEMPT_TAG) == attempt:
            return None  # it was this call, whose answer was lost on the way
        if found.get(ESTATE_TAG) != operation.estate:
            return _failed(
                f"the parameter {name} does not carry this estate's tags; it is not touched [A531]"
            )
        if not self._locked():
            return _failed(
                f"{name} is there and {operation.user} has no password: another deploy is at work on it, or one "
                f"was killed between the two; it is replaced only under the deploy lock, and {NEVER_LOCKED} [A560]"
            )
        self._parameters.replace(name, secret, key)
        self._parameters.untag(name, [HANDED_BY, HANDED_AT])
        return None

    def _set(self, operation: CreatePassword, secret: Secret) -> Outcome:
        try:
            self._call(
                "CreateLoginProfile",
                (
                    *LATER,
                    "NoSuchEntity",
                ),  # a user whom CloudFormation has just made may not be known everywhere
                TRIES,
                secret=secret,
                UserName=operation.user,
                PasswordResetRequired=True,
            )
        except CallRefused as refused:
            # After a second attempt of botocore's own the first one has made it, and only its answer was lost.
            if refused.aws_code != "EntityAlreadyExists":
                raise
            if not refused.retries:
                self._parameters.delete(operation.parameter)
                return _done(f"{operation.user} has got a password elsewhere meanwhile, it stays")
        return _done(f"{operation.user} has an initial password, kept as {operation.parameter}")

    def _user(self, operation: Operation, tries: int = TRIES) -> Answer | Outcome | None:
        """The user as IAM has him, None where there is none; an outcome where he is somebody else."""
        answer = self._call("GetUser", ("NoSuchEntity",), tries, none=True, UserName=operation.user)
        if answer is None:
            return None
        user: Answer = answer["User"]
        partner = tag_dict(user.get("Tags")).get(PARTNER_TAG)
        if (user["Path"], partner) == (operation.path, operation.partner):
            return user
        return _failed(
            f"{operation.user} does not have the path {operation.path} and the tag "
            f"{PARTNER_TAG}={operation.partner}; nobody else gets or loses a password [A531]"
        )

    def _profile(self, user: str) -> Answer | None:
        answer = self._call("GetLoginProfile", ("NoSuchEntity",), 1, none=True, UserName=user)
        return answer["LoginProfile"] if answer else None

    def _call(
        self,
        operation: str,
        later: tuple[str, ...],
        tries: int,
        *,
        none: bool = False,
        secret: Secret | None = None,
        **parameters: Any,
    ) -> Answer | None:
        """One call of IAM, made again while it answers one of `later`; then None with `none`, else the refusal."""
        for _ in self._waiter.tries(tries):
            try:
                if secret is not None:
                    return self._iam.call_hushed(operation, {"Password": secret}, **parameters)
                return self._iam.call(operation, **parameters)
            except CallRefused as refused:
                if refused.aws_code not in later:
                    raise
                last = refused
        if none:
            return None
        raise last


def unused(user: Answer, profile: Answer) -> bool:
    """True where the password of a login profile was never signed in with: nobody has, and whoever signs in must
    change it first.  Either sign is enough to leave it alone; PasswordLastUsed may lag (IAM API reference, User)."""
    return not user.get("PasswordLastUsed") and bool(profile.get("PasswordResetRequired"))


def _done(reason: str) -> Outcome:
    return Outcome(state="succeeded", reason=reason)


def _failed(reason: str) -> Outcome:
    return Outcome(state="failed", reason=reason)
