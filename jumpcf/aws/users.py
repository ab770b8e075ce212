"""A partner's user in the jump account: what he holds is taken, so that his stack can let go of him.

No key, serial number or secret reaches an outcome, and with it the journal.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from jumpcf.artifacts.marks import (
    FREEZE_POLICY,
    PARTNER_PATH,
    PARTNER_TAG,
    freeze_policy_beside,
    is_freeze,
)
from jumpcf.artifacts.operation import OffboardUser
from jumpcf.artifacts.status import Outcome, Progress
from jumpcf.aws.api import Api
from jumpcf.aws.errors import CallRefused
from jumpcf.aws.paging import Answer, Waiter
from jumpcf.aws.parameters import Parameters
from jumpcf.aws.tags import tag_dict
from jumpcf.aws.user_things import FREEZE, THINGS, Take, Thing, words
from jumpcf.errors import AwsRefused

Report = Callable[[Progress], None]
Stuck = dict[Thing, list[str]]

PASSES = 6  # what is taken may be listed for some seconds more, or something new be made meanwhile
TRIES = 6
PAGE = 1000  # the most that ListUsers gives at once
NOTHING = ("NoSuchEntity", "NotSupportedService")  # the latter where a partition knows no such credentials
LATER = ("EntityTemporarilyUnmodifiable", "ConcurrentModification", "DeleteConflict")


class Users:
    """The users of the jump account.  Raises AwsRefused where AWS refuses a call."""

    _things: tuple[Thing, ...] = THINGS

    def __init__(self, api: Api, ssm: Api, waiter: Waiter) -> None:
        self._api, self._waiter = api, waiter
        self._parameters = Parameters(ssm)
        self._unseen: set[Thing] = set()  # of what nobody could say whether he has any

    def offboard(self, operation: OffboardUser, report: Report) -> Outcome:
        """Take everything, and the initial password that is kept for him; succeeded only where a last look
        finds nothing.  Meanwhile the freeze policy denies him everything, where AWS lets it be attached.  A user
        who is gone is a success, one of this name who is not the stack's is never touched.  May be repeated at any
        time."""
        user = self._user(operation.user)
        if user is None:
            self._forget(operation)
            return Outcome(state="succeeded", reason=f"{operation.user} was gone already")
        if not is_ours(operation, user):
            return _failed(
                f"{operation.user} does not have the path {operation.path} and the tag "
                f"{PARTNER_TAG}={operation.partner} of {operation.stack}'s user; nobody else is touched [A531]"
            )
        why = self._freeze(user)
        taken, left = self._passes(operation, report)
        if left:
            return _failed(f"{operation.user} still has {words(by_kind(left))}; run again")
        self._forget(operation)
        return Outcome(state="succeeded", reason=f"{operation.user}: {words(taken)} taken{why}")

    def _freeze(self, user: Answer) -> str:
        """Deny him everything while he is stripped; says why that could not be, if so.  It keeps nothing from being
        taken: an older pipeline's role may not attach the policy, and it may be gone."""
        name, policy = user["UserName"], freeze_policy_beside(user["Arn"])
        try:
            held = self._api.pages(FREEZE.lists, FREEZE.key, mark="Marker", UserName=name)
            if any(one["PolicyArn"] == policy for one in held):
                return ""
            if self._call("AttachUserPolicy", UserName=name, PolicyArn=policy) is None:
                return f"; without {FREEZE_POLICY} meanwhile, which the jump account has not"
        except CallRefused as refused:
            return f"; without {FREEZE_POLICY} meanwhile: {refused.what} [{refused.code}]"
        return ""

    def _passes(self, operation: OffboardUser, report: Report) -> tuple[Counter[str], Counter[Thing]]:
        """What was taken, and what a last look still finds."""
        taken: Counter[str] = Counter()
        left: Counter[Thing] = Counter()
        stuck: Stuck = {}
        for _ in self._waiter.tries(PASSES):
            taken |= self._take(operation, stuck, report)
            left = self._left(operation, stuck)
            if not left:
                break
        return taken, left

    def _forget(self, operation: OffboardUser) -> None:
        if operation.parameter:
            self._parameters.delete(operation.parameter)

    def _user(self, name: str) -> Answer | None:
        answer = self._call("GetUser", UserName=name)
        return answer["User"] if answer else None

    def _take(self, operation: OffboardUser, stuck: Stuck, report: Report) -> Counter[str]:
        """Take what is listed, and again what IAM kept in the pass before; leaves in `stuck` what it still keeps.
        What denies stays as long as there is any."""
        taken: Counter[str] = Counter()
        for thing in self._things:
            if thing.denies and (stuck or self._unseen):
                break
            held = dict.fromkeys((*stuck.pop(thing, ()), *self._held(operation, thing)))
            if held:
                report(Progress(done=0, failed=0, total=0, status=f"taking {words({thing.what: len(held)})}"))
                if thing is not FREEZE:  # ours, and nothing that he had
                    taken[thing.what] += len(held)
            for take in thing.takes:
                for one in [one for one in held if take.only in one and one not in stuck.get(thing, ())]:
                    if not self._take_one(take, thing, operation.user, one):
                        stuck.setdefault(thing, []).append(one)
        return taken

    def _take_one(self, take: Take, thing: Thing, user: str, one: str) -> bool:
        """False where IAM does not give it up yet, so that the rest is not kept by it."""
        whose = {"UserName": user} if take.names_user else {}
        try:
            self._call(take.call, **whose, **{thing.field: one}, **dict(take.more))
        except CallRefused as refused:
            if refused.aws_code in LATER:
                return False
            # AWS's own words may name the key
            what = refused.what.replace(one, f"({thing.what})") if thing.secret else refused.what
            self._not_taken(thing, AwsRefused(refused.code, what, refused.hint, where=refused.where))
            return False
        return True

    def _not_taken(self, thing: Thing, refused: AwsRefused) -> None:
        """AWS refuses to take one, for good: nothing more is tried."""
        raise refused from None

    def _not_listed(self, thing: Thing, refused: CallRefused) -> None:
        """AWS refuses to say which of these he has."""
        raise refused

    def _left(self, operation: OffboardUser, stuck: Stuck) -> Counter[Thing]:
        """What is still listed, or was not given up: a virtual MFA device is listed only while it is active."""
        left: Counter[Thing] = Counter()
        for thing in self._things:
            if held := {*self._held(operation, thing), *stuck.get(thing, ())}:
                left[thing] = len(held)
        return left

    def _held(self, operation: OffboardUser, thing: Thing) -> list[str]:
        """Which of these the user has; none where there is no such user."""
        user = operation.user
        try:
            if thing.single:
                items = [self._api.call(thing.lists, UserName=user)[thing.key]]
            else:
                items = list(self._api.pages(thing.lists, thing.key, mark="Marker", UserName=user))
        except CallRefused as refused:
            if refused.aws_code in NOTHING:
                return []
            self._not_listed(thing, refused)
            return []
        held = [item if isinstance(item, str) else item[thing.field] for item in items]
        if thing.denies is None:
            return held
        return [one for one in held if (one == operation.members or is_freeze(one)) == thing.denies]

    def _call(self, operation: str, **parameters: Any) -> Answer | None:
        """One call, made again while IAM says "not now"; None where what it speaks of is not there."""
        for _ in self._waiter.tries(TRIES):
            try:
                return self._api.call(operation, **parameters)
            except CallRefused as refused:
                if refused.aws_code in NOTHING:
                    return None
                if refused.aws_code not in LATER:
                    raise
                last = refused
        raise last


def users_below(iam: Api, path: str) -> Iterator[Answer]:
    """The users under a path, as ListUsers has them: without tags."""
    return iam.pages("ListUsers", "Users", mark="Marker", PathPrefix=path, MaxItems=PAGE)


def by_kind(left: Counter[Thing]) -> Counter[str]:
    """What is left, as a person counts it: a group is a group, whether it allows or denies."""
    counted: Counter[str] = Counter()
    for thing, number in left.items():
        counted[thing.what] += number
    return counted


def is_ours(operation: OffboardUser, user: Answer) -> bool:
    """True where path and tag prove that it is the partner's user."""
    path, partner = user["Path"], tag_dict(user.get("Tags")).get(PARTNER_TAG)
    return bool(path.startswith(PARTNER_PATH)) and (path, partner) == (operation.path, operation.partner)


def _failed(reason: str) -> Outcome:
    return Outcome(state="failed", reason=reason)
