"""The door of a partner or of one of his users: the freeze policy on the group of all users, or on the user.

Everything here is one call of IAM in the jump account and its reading back; nothing waits for CloudFormation.
"""

import datetime
from dataclasses import dataclass
from typing import Literal

from jumpcf.artifacts.marks import FREEZE_POLICY, MEMBERS, PARTNER_PATH
from jumpcf.aws.api import Api, said_at
from jumpcf.aws.errors import CallRefused
from jumpcf.aws.paging import Answer, Waiter
from jumpcf.aws.users import users_below
from jumpcf.errors import AwsRefused, Exit, JumpcfError

TRIES = 6
GONE = "NoSuchEntity"
BY_HAND = "close it by hand: docs/break-glass.md"


class NoDoor(JumpcfError):
    """The jump account has no such partner or user."""

    exit_code = Exit.USAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Who is behind the door: the group's users, and users of the partner's path who are not in the group, whom
    its policies therefore do not bind.  Both empty where the door is one user's."""

    users: tuple[str, ...] = ()
    strays: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shutting:
    """A door that was closed: whether it had been open, and when it was read back."""

    was_open: bool
    at: datetime.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Raises AwsRefused where AWS refuses a call, NoDoor (G570) where there is no such group or user."""

    iam: Api
    waiter: Waiter
    policy: str  # the freeze policy's ARN
    partner: str
    user: str = ""
    verb: Literal["freeze", "thaw"] = "freeze"

    @property
    def name(self) -> str:
        return self.user or f"{self.partner}{MEMBERS}"

    def close(self) -> Shutting:
        """Attach the policy, and read it back.  A573 where the group or user is not the partner's, A570 where there
        is no such policy, A571 where it is not seen, A572 where it does not deny everything."""
        self.there()
        was_open = not self.closed()
        try:
            self.attach()
        except CallRefused as refused:
            if refused.aws_code != GONE:
                raise
            what = f"the jump account has no policy {self.policy}, so {self.name} is as open as before"
            raise AwsRefused("A570", what, f"deploy makes it with jump-base; {BY_HAND}") from None
        for _ in self.waiter.tries(TRIES):
            if self.closed():
                break
        else:
            raise AwsRefused(
                "A571", f"AWS does not show {FREEZE_POLICY} on {self.name}", f"run it again; {BY_HAND}"
            )
        return Shutting(was_open=was_open, at=self.verified())

    def attach(self) -> None:
        """The one call that closes, without a look before or after."""
        self._change("Attach")

    def open(self) -> bool:
        """Take the policy off; False where it was not there."""
        self.there()
        try:
            self._change("Detach")
        except CallRefused as refused:
            if refused.aws_code != GONE:
                raise
            return False
        return True

    def closed(self) -> bool:
        if self.user:
            held = self.iam.pages(
                "ListAttachedUserPolicies", "AttachedPolicies", mark="Marker", UserName=self.user
            )
        else:
            held = self.iam.pages(
                "ListAttachedGroupPolicies", "AttachedPolicies", mark="Marker", GroupName=self.name
            )
        return any(one["PolicyArn"] == self.policy for one in held)

    def behind(self) -> Found:
        if self.user:
            return Found()
        group = self.iam.pages("GetGroup", "Users", mark="Marker", GroupName=self.name)
        users = {one["UserName"] for one in group}
        path = f"{PARTNER_PATH}{self.partner}/"
        there = {one["UserName"] for one in users_below(self.iam, path)}
        return Found(users=tuple(sorted(users)), strays=tuple(sorted(there - users)))

    def _change(self, verb: str) -> None:
        if self.user:
            self.iam.call(f"{verb}UserPolicy", UserName=self.user, PolicyArn=self.policy)
        else:
            self.iam.call(f"{verb}GroupPolicy", GroupName=self.name, PolicyArn=self.policy)

    def there(self) -> bool:
        """True, or a refusal: only a group or user with the partner's path is ever touched."""
        try:
            found: Answer = (
                self.iam.call("GetUser", UserName=self.user)["User"]
                if self.user
                else self.iam.call("GetGroup", GroupName=self.name, MaxItems=1)["Group"]
            )
        except CallRefused as refused:
            if refused.aws_code != GONE:
                raise
            kind = "user" if self.user else "group"
            nothing = f"there is nothing to {'close' if self.verb == 'freeze' else 'open'}"
            raise NoDoor("G570", f"the jump account has no {kind} {self.name}: {nothing}") from None
        if found["Path"] != f"{PARTNER_PATH}{self.partner}/":
            what = f"{self.name} has the path {found['Path']} and is none of {self.partner}'s; nothing was touched"
            raise AwsRefused("A573", what, self._whose(found["Path"]))
        return True

    def _whose(self, path: str) -> str:
        """What to do about somebody who stands under another partner's path."""
        other = _partner_of(path)
        if not (self.user and other):
            return "look for it in the jump account"
        return f"`jumpcf partner {self.verb} {other} --user {self.user}`: he is {other}'s until a deploy moves him"

    def verified(self) -> datetime.datetime:
        """What the attached policy says, for somebody may have given it another version (A572); gives when AWS said
        so."""
        version = self.iam.call("GetPolicy", PolicyArn=self.policy)["Policy"]["DefaultVersionId"]
        answer = self.iam.call("GetPolicyVersion", PolicyArn=self.policy, VersionId=version)
        if not _denies_everything(answer["PolicyVersion"]["Document"]):
            what = f"{self.policy} ({version}) does not deny everything, so {self.name} may be open"
            raise AwsRefused("A572", what, f"somebody changed it: jumpcf drift; {BY_HAND}")
        return _later(answer)


def _partner_of(path: str) -> str:
    return path.removeprefix(PARTNER_PATH).strip("/") if path.startswith(PARTNER_PATH) else ""


def _denies_everything(document: object) -> bool:
    statements = document.get("Statement") if isinstance(document, dict) else None
    return any(
        isinstance(one, dict)
        and one.get("Effect") == "Deny"
        and one.get("Action") in ("*", ["*"])
        and one.get("Resource") in ("*", ["*"])
        and set(one) <= {"Sid", "Effect", "Action", "Resource"}
        for one in (statements if isinstance(statements, list) else [statements])
    )


def _later(answer: Answer) -> datetime.datetime:
    """Now, by AWS's clock or this machine's, whichever is later: sessions are stamped by AWS's, and botocore signs
    with a corrected time where this one is wrong."""
    now = datetime.datetime.now(datetime.UTC)
    return max(now, said_at(answer) or now)
