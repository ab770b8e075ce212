"""The shape of the battery's rows, and when a row speaks about a subject at all."""

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from tests.battery.scenes import Scene
from tests.battery.subjects import Subject

Says = Literal["allow", "explicit-deny", "implicit-deny"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One sentence: `base`, a scene that passes, with at most one word changed, is decided so, and by whom.

    `by` is a pattern of the deciding Sid ("" for an implicit deny).  `when` names conditions on the subject,
    all of which must hold.
    """

    layer: str
    sentence: str
    base: Scene
    field: str = ""
    value: str = ""
    says: Says = "allow"
    by: str = "*"
    when: str = ""

    @property
    def scene(self) -> Scene:
        changes: Any = {self.field: self.value} if self.field else {}
        return dataclasses.replace(self.base, **changes)

    def about(self, subject: Subject) -> bool:
        return all(WHEN[word](subject) for word in self.when.split())

    def __str__(self) -> str:
        return f"{self.layer}: {self.sentence}"


def rows(layer: str, base: Scene, table: Iterable[tuple[str, ...]], when: str = "") -> list[Row]:
    """Rows from tuples: sentence, field, value, says, by, and when the subject must be special."""
    made = []
    for sentence, field, value, says, by, *more in table:
        effect: Any = {"allow": "allow", "deny": "explicit-deny", "nothing": "implicit-deny"}[says]
        made.append(
            Row(
                layer=layer,
                sentence=sentence,
                base=base,
                field=field,
                value=value,
                says=effect,
                by=by,
                when=" ".join([when, *more]).strip(),
            )
        )
    return made


def actions(layer: str, base: Scene, by: str, names: str, *, says: str = "deny", when: str = "") -> list[Row]:
    """One row per action: the base with this action in the place of its own."""
    verb = {"deny": "is denied", "nothing": "is not allowed", "allow": "is allowed"}[says]
    where = "" if base.resource == "*" else f" on {base.resource}"
    table = [
        (f"{name}{where} {verb} by {by or 'nothing'}", "action", name, says, by) for name in names.split()
    ]
    return rows(layer, base, table, when)


def starting(base: Scene, **changes: Any) -> Scene:
    return dataclasses.replace(base, **changes)


def _ends_earlier(subject: Subject) -> bool:
    return subject.user.until is not None and subject.user.until.ends < subject.grant.until.ends


WHEN: dict[str, Callable[[Subject], bool]] = {
    "trust-fence": lambda s: "trust" in s.estate.fence,
    "no-trust-fence": lambda s: "trust" not in s.estate.fence,
    "self-service-fence": lambda s: "self-service" in s.estate.fence,
    "no-self-service-fence": lambda s: "self-service" not in s.estate.fence,
    "session-fence": lambda s: "session" in s.estate.fence,
    "named": lambda s: s.estate.role_session_name == "required",
    "unnamed": lambda s: s.estate.role_session_name == "optional",
    "aged": lambda s: s.level.mfa_max_age is not None,
    "ageless": lambda s: s.level.mfa_max_age is None,
    "org-paths": lambda s: s.estate.assume_scope == "org-paths",
    "org-id": lambda s: s.estate.assume_scope == "org-id",
    "org": lambda s: s.estate.assume_scope in ("org-id", "org-paths"),
    "role-name": lambda s: s.estate.assume_scope == "role-name",
    "accounts": lambda s: s.estate.assume_scope == "accounts",
    "any-account": lambda s: s.estate.assume_scope != "accounts",
    "keys": lambda s: s.partner.cli == "access-keys",
    "login": lambda s: s.partner.cli == "aws-login",
    "ends-earlier": _ends_earlier,
    "ends-with-all": lambda s: not _ends_earlier(s),
    "ends-with-contract": lambda s: s.user.until is None,
    "left": lambda s: bool(s.partner.left),
    "short-grant": lambda s: s.grant.until.ends < s.partner.until.ends,
    "full-grant": lambda s: s.grant.until.ends == s.partner.until.ends,
    "below-root": lambda s: not s.grant.units[0].startswith("r-"),
    "excepted": lambda s: bool(s.grant.excepted),
    "strict": lambda s: s.level.boundary != "relaxed",
    "relaxed": lambda s: s.level.boundary == "relaxed",
    "wide": lambda s: s.level.boundary in ("strict", "relaxed"),
    "narrow": lambda s: s.level.boundary not in ("strict", "relaxed"),
    "SSM": lambda s: s.level.name == "SSM",
    "Read": lambda s: s.level.name == "Read",
    "DbOperator": lambda s: s.level.name == "DbOperator",
    "Own": lambda s: s.level.name == "Own",
    "default-partition": lambda s: s.estate.partition == "aws",
}
