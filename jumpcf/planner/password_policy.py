"""The decision about the jump account's password policy: which settings change, and what each change means.

AWS's default, where an account has no policy: 8 characters, three of the four kinds of characters, no expiry,
no memory of old passwords; users change their own only where a policy of theirs says so (IAM User Guide, "Set
an account password policy for IAM users").
"""

from collections.abc import Iterator

from jumpcf.artifacts.manifest import JUMP, Manifest
from jumpcf.artifacts.observed import Observed
from jumpcf.artifacts.operation import SetPasswordPolicy
from jumpcf.artifacts.password_policy import PasswordPolicy
from jumpcf.artifacts.plan import AccountPlan, Mark, SettingChange
from jumpcf.planner.operations import identified
from jumpcf.planner.words import count

POLICY = "password-policy"
"""What stands in place of a stack's name in the operation and in a status."""

DEFAULT = PasswordPolicy(
    minimum_length=8,
    reuse_prevention=None,
    maximum_age=None,
    require_symbols=False,
    require_numbers=False,
    require_uppercase=False,
    require_lowercase=False,
    change_own=False,
)
DEFAULT_CLASSES = 3


def decide_policy(
    manifest: Manifest, observed: Observed
) -> tuple[AccountPlan | None, SetPasswordPolicy | None]:
    """The settings that differ and the operation that sets them; (None, None) where none does.

    A manifest without a policy was compiled before there was one: it says nothing.
    """
    wanted, live = manifest.password_policy, observed.password_policy
    if wanted is None or wanted == live:
        return None, None
    changes = tuple(_differences(live, wanted))
    why = f"{count(len(changes), 'setting')} differ{'s' if len(changes) == 1 else ''}"
    if live is None:
        why = "the account has none, AWS's default holds"
    operation = identified(SetPasswordPolicy(id="", place=JUMP, stack=POLICY, reason=why, policy=wanted))
    return AccountPlan(reason=why, settings=changes), operation


def _differences(live: PasswordPolicy | None, wanted: PasswordPolicy) -> Iterator[SettingChange]:
    before = live or DEFAULT
    yield from _change(
        "minimum length",
        f"{before.minimum_length}",
        f"{wanted.minimum_length}",
        wanted.minimum_length > before.minimum_length,
    )
    if live is None:
        asked, fewer = f"{DEFAULT_CLASSES} of the 4 kinds", len(wanted.classes) < DEFAULT_CLASSES
    else:
        asked, fewer = _list(live.classes), bool(set(live.classes) - set(wanted.classes))
    yield from _change("required characters", asked, _list(wanted.classes), not fewer)
    yield from _change(
        "old passwords refused",
        _none(before.reuse_prevention),
        _none(wanted.reuse_prevention),
        (wanted.reuse_prevention or 0) > (before.reuse_prevention or 0),
    )
    yield from _change(
        "days until expiry",
        _none(before.maximum_age),
        _none(wanted.maximum_age),
        wanted.maximum_age is not None
        and (before.maximum_age is None or wanted.maximum_age < before.maximum_age),
    )
    yield from _change(
        "everybody may change the own password",
        _yes(before.change_own),
        _yes(wanted.change_own),
        before.change_own,
    )
    yield from _change(
        "locked out after expiry", _yes(before.hard_expiry), _yes(wanted.hard_expiry), wanted.hard_expiry
    )


def _change(name: str, before: str, after: str, tighter: bool) -> Iterator[SettingChange]:
    if before != after:
        mark: Mark = "narrowed" if tighter else "broadened"
        yield SettingChange(name=name, before=before, after=after, mark=mark)


def _list(classes: tuple[str, ...]) -> str:
    return ", ".join(classes) or "any"


def _none(value: int | None) -> str:
    return "none" if value is None else str(value)


def _yes(value: bool) -> str:
    return "yes" if value else "no"
