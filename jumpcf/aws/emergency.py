"""Offboarding at once: what one call is refused keeps no other from being made, and the end is a proof.

The order and the care are those of `users`: what allows goes first, the group with the Denies last, and not
while anything else is left or cannot be seen.  The freeze policy comes before all of it, and stays: what the user has
open in the jump account is judged by his own policies until he is deleted, and by none where he has none.
"""

from collections import Counter
from dataclasses import dataclass, field, replace

from jumpcf.artifacts.marks import ESTATE_TAG, FREEZE_POLICY, PARTNER_PATH, PARTNER_TAG, freeze_policy_beside
from jumpcf.artifacts.offboarded import Proof
from jumpcf.artifacts.operation import OffboardUser
from jumpcf.aws.api import Api
from jumpcf.aws.errors import CallRefused
from jumpcf.aws.freezing import Door, NoDoor
from jumpcf.aws.paging import Answer, Waiter
from jumpcf.aws.tags import tag_dict
from jumpcf.aws.user_things import ATTACHMENT, FREEZE, THINGS, Thing
from jumpcf.aws.users import NOTHING, Report, Users, by_kind, is_ours, users_below
from jumpcf.errors import AwsRefused

STORED = "stored initial password"
HOPELESS = ("A502", "A503", "A505", "A536")
"""Without credentials or network no other call will be answered either."""


def _whose(user: Answer, tags: dict[str, str], estate: str) -> str:
    """What to do about somebody else's; path and tags tell whose, where they agree."""
    partner = tags.get(PARTNER_TAG, "")
    if not partner or user["Path"] != f"{PARTNER_PATH}{partner}/" or tags.get(ESTATE_TAG, estate) != estate:
        return "name the partner whose user he is"
    return f"`jumpcf user offboard {partner} {user['UserName']}`: he is {partner}'s until a deploy moves him"


@dataclass(slots=True)
class Refusals:
    """The first refusal of each kind of thing."""

    told: dict[str, str] = field(default_factory=dict)

    def note(self, what: str, refused: AwsRefused) -> None:
        if refused.code in HOPELESS:
            raise refused from None
        self.told.setdefault(what, f"{refused.what} [{refused.code}]")


class Emergency(Users):
    """Raises AwsRefused where it cannot be told whose user this is, or no call is answered at all."""

    _things = tuple(one for one in THINGS if one is not FREEZE)

    def __init__(self, api: Api, ssm: Api, waiter: Waiter) -> None:
        super().__init__(api, ssm, waiter)
        self._refusals = Refusals()

    def find(self, operation: OffboardUser, estate: str) -> Answer | None:
        """The user as IAM has him; None where there is none.  AwsRefused A531 where he is somebody else."""
        user = self._user(operation.user)
        if user is None:
            return None
        tags = tag_dict(user.get("Tags"))
        if is_ours(operation, user) and tags.get(ESTATE_TAG, estate) == estate:
            return user
        found = f"path {user['Path']}, {PARTNER_TAG}={tags.get(PARTNER_TAG, '(none)')}"
        if ESTATE_TAG in tags:
            found += f", {ESTATE_TAG}={tags[ESTATE_TAG]}"
        raise AwsRefused(
            "A531",
            f"{operation.user} is not {operation.partner}'s user of the estate {estate} ({found}); "
            "nothing was touched",
            _whose(user, tags, estate),
        )

    def names(self, path: str) -> list[str]:
        """Who is there under a path."""
        return [one["UserName"] for one in users_below(self._api, path)]

    def take(self, operation: OffboardUser, user: Answer, report: Report) -> tuple[Proof, ...]:
        """Freeze the user whom `find` has found, then take everything else that IAM gives up; may be repeated at any
        time, and writes nothing where nothing is left but the freeze policy."""
        door = Door(
            iam=self._api,
            waiter=self._waiter,
            policy=freeze_policy_beside(user["Arn"]),
            partner=operation.partner,
            user=operation.user,
        )
        self._shut(door)
        taken, left = self._passes(operation, report)
        kept = self._forget_stored(operation)
        self._tell_of_denies(operation, left)
        kinds, counted = dict.fromkeys(thing.what for thing in self._things), by_kind(left)
        proofs = [self._proof(what, taken, counted) for what in kinds]
        shown = [self._of_the_door(door, one) if one.what == ATTACHMENT.what else one for one in proofs]
        return (*shown, kept)

    def _shut(self, door: Door) -> None:
        """Attach the freeze policy and read it back; what is refused of it keeps nothing from being taken."""
        try:
            self._close(door)
        except NoDoor:
            pass  # he went meanwhile
        except AwsRefused as refused:
            self._refusals.note(FREEZE_POLICY, refused)

    def _close(self, door: Door) -> None:
        try:
            closed = door.closed()
        except CallRefused as refused:
            if refused.code not in HOPELESS:
                door.attach()  # by whoever may attach and not look
            raise
        if closed:
            door.verified()
        else:
            door.close()

    def _of_the_door(self, door: Door, proof: Proof) -> Proof:
        """The proof of the attached policies, with the one that stays, by a last look."""
        try:
            if not door.closed():
                self._refusals.told.setdefault(FREEZE_POLICY, f"AWS shows no {FREEZE_POLICY} on {door.user}")
        except CallRefused as refused:
            if refused.aws_code in NOTHING:
                return proof  # he went meanwhile
            self._refusals.note(FREEZE_POLICY, refused)
        why = self._refusals.told.get(FREEZE_POLICY, "")
        told = dict.fromkeys(filter(None, (proof.refusal, why)))  # one reason is told once
        return replace(proof, stays="" if why else FREEZE_POLICY, refusal="; ".join(told))

    def _tell_of_denies(self, operation: OffboardUser, left: Counter[Thing]) -> None:
        """Why the group with the Denies was not even tried: something is left, or was not seen."""
        for thing in [one for one in left if one.denies]:
            if self._unseen or any(left[one] for one in self._things if one is not thing):
                why = f"{operation.members} carries the Denies and is left when nothing else is held"
                self._refusals.told.setdefault(thing.what, why)

    def _proof(self, what: str, taken: Counter[str], left: Counter[str]) -> Proof:
        unseen = any(one.what == what for one in self._unseen)
        return Proof(
            what=what,
            taken=max(0, taken[what] - left[what]),
            left=None if unseen else left[what],
            refusal=self._refusals.told.get(what, "") if unseen or left[what] else "",
        )

    def _forget_stored(self, operation: OffboardUser) -> Proof:
        try:
            return Proof(what=STORED, taken=int(self._parameters.delete(operation.parameter)), left=0)
        except AwsRefused as refused:
            self._refusals.note(STORED, refused)
            return Proof(what=STORED, taken=0, left=None, refusal=self._refusals.told[STORED])

    def _held(self, operation: OffboardUser, thing: Thing) -> list[str]:
        self._unseen.discard(thing)
        return super()._held(operation, thing)

    def _not_taken(self, thing: Thing, refused: AwsRefused) -> None:
        self._refusals.note(thing.what, refused)

    def _not_listed(self, thing: Thing, refused: CallRefused) -> None:
        self._refusals.note(thing.what, refused)
        self._unseen.add(thing)
