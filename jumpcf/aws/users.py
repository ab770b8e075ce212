"""A partner's user in the jump account: what he holds is taken, so that his stack can let go of him.

No key, serial number or secret reaches an outcome, and with it the journal.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from jumpcf.artifacts.marks import PARTNER_PATH, PARTNER_TAG
from jumpcf.artifacts.plan import OffboardUser
from jumpcf.artifacts.status import Outcome, Progress
from jumpcf.aws.api import Api
from jumpcf.aws.errors import CallRefused
from jumpcf.aws.paging import Answer, Waiter
from jumpcf.aws.tags import tag_dict
from jumpcf.aws.user_things import THINGS, Take, Thing, words
from jumpcf.errors import AwsRefused

Report = Callable[[Progress], None]

PASSES = 6  # what is taken may be listed for some seconds more, or something new be made meanwhile
TRIES = 6
NOTHING = ("NoSuchEntity", "NotSupportedService")  # the latter where a partition knows no such credentials
LATER = ("EntityTemporarilyUnmodifiable", "ConcurrentModification", "DeleteConflict")


class Users:
    """The users of the jump account.  Raises AwsRefused where AWS refuses a call."""

    def __init__(self, api: Api, waiter: Waiter) -> None:
        self._api, self._waiter = api, waiter

    def offboard(self, operation: OffboardUser, report: Report) -> Outcome:
        """Take everything; succeeded only where a last look finds nothing.  A user who is gone is a success,
        one of this name who is not the stack's is never touched.  May be repeated at any time."""
        user = self._user(operation.user)
        if user is None:
            return Outcome(state="succeeded", reason=f"{operation.user} was gone already")
        if not _is_ours(operation, user):
            return _failed(
                f"{operation.user} does not have the path {operation.path} and the tag "
                f"{PARTNER_TAG}={operation.partner} of {operation.stack}'s user; nobody else is touched [A531]"
            )
        taken: Counter[str] = Counter()
        left: Mapping[str, int] = {}
        for _ in self._waiter.tries(PASSES):
            taken |= self._take(operation.user, report)
            left = {thing.what: len(held) for thing in THINGS if (held := self._held(operation.user, thing))}
            if not left:
                return Outcome(state="succeeded", reason=f"{operation.user}: {words(taken)} taken")
        return _failed(f"{operation.user} still has {words(left)}; run again")

    def _user(self, name: str) -> Answer | None:
        answer = self._call("GetUser", UserName=name)
        return answer["User"] if answer else None

    def _take(self, user: str, report: Report) -> Counter[str]:
        taken: Counter[str] = Counter()
        for thing in THINGS:
            if held := self._held(user, thing):
                report(Progress(done=0, failed=0, total=0, status=f"taking {words({thing.what: len(held)})}"))
                taken[thing.what] = len(held)
            for take in thing.takes:
                for one in held:
                    if take.only in one:
                        self._take_one(take, thing, user, one)
        return taken

    def _take_one(self, take: Take, thing: Thing, user: str, one: str) -> None:
        whose = {"UserName": user} if take.names_user else {}
        try:
            self._call(take.call, **whose, **{thing.field: one}, **dict(take.more))
        except CallRefused as refused:  # AWS's own words may name the key
            what = refused.what.replace(one, f"({thing.what})") if thing.secret else refused.what
            raise AwsRefused(refused.code, what, refused.hint, where=refused.where) from None

    def _held(self, user: str, thing: Thing) -> list[str]:
        """Which of these the user has; none where there is no such user."""
        try:
            if thing.single:
                items = [self._api.call(thing.lists, UserName=user)[thing.key]]
            else:
                items = list(self._api.pages(thing.lists, thing.key, mark="Marker", UserName=user))
        except CallRefused as refused:
            if refused.aws_code in NOTHING:
                return []
            raise
        return [item if isinstance(item, str) else item[thing.field] for item in items]

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


def _is_ours(operation: OffboardUser, user: Answer) -> bool:
    path, partner = user["Path"], tag_dict(user.get("Tags")).get(PARTNER_TAG)
    return bool(path.startswith(PARTNER_PATH)) and (path, partner) == (operation.path, operation.partner)


def _failed(reason: str) -> Outcome:
    return Outcome(state="failed", reason=reason)
