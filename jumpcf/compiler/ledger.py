"""The uses of every quota, compared with its limit.

What is over is a Problem that names the quota, the size, what fills it and the way out; the fullest use of
each quota goes into the manifest.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from jumpcf.artifacts.manifest import JUMP, QuotaUse
from jumpcf.compiler import accounts, measures
from jumpcf.compiler.culprits import Culprit, Culprits, largest
from jumpcf.compiler.forms import misshapen
from jumpcf.compiler.quotas import QUOTAS
from jumpcf.errors import Mark, Problem
from jumpcf.estate.model import Estate
from jumpcf.stack import StackContext


@dataclass(slots=True)
class Ledger:
    """Collects uses: the fullest of each quota, and a Problem for each that is over.

    `raised` are the limits that AWS has raised for this estate (`quotas:` in params/estate.yaml).
    """

    raised: Mapping[str, int]
    problems: list[Problem] = field(default_factory=list)
    _fullest: dict[str, tuple[int, str]] = field(default_factory=dict)
    _jump: Counter[str] = field(default_factory=Counter)
    _held: dict[tuple[str, str, str], Counter[str]] = field(default_factory=dict)
    _stack_sets: Counter[str] = field(default_factory=Counter)
    _limits: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self._limits = {key: self.raised.get(key, quota.limit) for key, quota in QUOTAS.items()}

    def use(
        self,
        key: str,
        where: str,
        used: int,
        mark: Mark,
        culprits: Sequence[Culprit] = (),
        *,
        more: str = "",
    ) -> None:
        """Note one use.  Where it is over, the problem names the culprits, and stands at the first line that
        one of them has, else at `mark`."""
        self._uses(((key, used),), where, mark, lambda _: culprits, more)

    def _uses(
        self,
        uses: Iterable[tuple[str, int]],
        where: str,
        mark: Mark,
        culprits: Callable[[str], Sequence[Culprit]],
        more: str = "",
    ) -> None:
        """The uses of one thing; `culprits` is asked for what fills a quota only where it is over."""
        for key, used in uses:
            self._note(key, used, where)
            if used > self._limits[key]:
                self._over(key, where, used, mark, culprits(key), more)

    def _note(self, key: str, used: int, where: str) -> None:
        known = self._fullest.get(key)
        # of equally full ones the first by name, so that it does not matter who was counted first
        if known is None or used > known[0] or (used == known[0] and where < known[1]):
            self._fullest[key] = used, where

    def add(self, other: "Ledger") -> None:
        """Add what another ledger of the same estate counted."""
        self._jump += other._jump
        self._stack_sets += other._stack_sets
        for grant, held in other._held.items():
            self._held.setdefault(grant, Counter()).update(held)
        for key, (used, where) in other._fullest.items():
            self._note(key, used, where)
        self.problems += other.problems

    def fullest(self) -> tuple[QuotaUse, ...]:
        """One use per quota, the fullest first."""
        uses = [
            QuotaUse(quota=key, where=where, used=used, limit=self._limits[key])
            for key, (used, where) in self._fullest.items()
        ]
        return tuple(sorted(uses, key=lambda use: (-use.used / use.limit, use.quota)))

    def template(
        self,
        place: str,
        data: bytes,
        body: Mapping[str, Any],
        context: StackContext,
        mark: Mark,
        tags: Mapping[str, str],
        *,
        plain: bool = False,
    ) -> None:
        """Count one rendered template; `body` is `data` as JSON, `tags` are the stack's, which CloudFormation
        hands down.  `plain`: a plain stack of an organization's admin account."""
        where = f"{place}/{context.name}"
        asked = Culprits(body, context)
        own = (
            ("stack_name" if place == JUMP or plain else "stack_set_name", len(context.name)),
            *measures.of_tags(tags),
            *measures.of_template(body, data),
        )
        self._uses(own, where, mark, partial(asked.of, ""))
        attached = measures.attachments(body["Resources"])
        types = Counter([resource["Type"] for resource in body["Resources"].values()])
        for title, resource in body["Resources"].items():
            uses = measures.of_resource(resource, tags, attached.get(title, measures.NOTHING))
            self._uses(uses, f"{where} {title}", asked.mark(title) or mark, partial(asked.of, title))
        for code, part, text, hint in misshapen(body, data):
            self.problems.append(Problem.at(mark, code, f"{where} {part}: {text}", hint))
        if not plain:
            self._hold(place, context, types)

    def accounts(self, estate: Estate) -> None:
        """Count what an account holds in all: the jump account, and the fullest target account."""
        jump = f"jump account {estate.jump.account}"
        for kind, key in accounts.IN_JUMP.items():
            self.use(key, jump, self._jump[kind], estate.at(key))
        for name, organization in estate.organizations.items():
            sets, key = self._stack_sets[name], "stack_sets_per_account"
            self.use(key, f"organization {name}", sets, estate.marks.get(key, organization.mark))
            theirs = accounts.Accounts(organization, estate, self._held)
            for grant, count in theirs.instances():
                where = f"{name}/{grant.partner}/{grant.name}"
                self.use("instances_per_stack_set", where, count, grant.at("ous"))
            for use in theirs.fullest():
                over = sum(other > self._limits[use.key] for other in use.others)
                self.use(
                    use.key,
                    f"account {use.account} ({name})",
                    use.used,
                    estate.at(use.key),
                    largest(use.culprits) if use.used > self._limits[use.key] else (),
                    more=f"; {over:,} more accounts are over" if over else "",
                )

    def _hold(self, place: str, context: StackContext, types: Counter[str]) -> None:
        types[accounts.STACK] += 1
        if place == JUMP:
            self._jump.update(types)
            return
        self._stack_sets[place] += 1
        if context.partner and context.grant:
            key = place, context.partner.name, context.grant.name
            self._held.setdefault(key, Counter()).update(types)

    def _over(self, key: str, where: str, used: int, mark: Mark, found: Sequence[Culprit], more: str) -> None:
        quota = QUOTAS[key]
        text = f"{where}: {used:,} {quota.what}; the quota is {self._limits[key]:,}{more}"
        if found:
            text += f"; most of it: {', '.join(map(str, found))}"
        marks = [mark for one in found for mark in one.marks]
        self.problems.append(Problem.at((marks or [mark])[0], quota.code, text, quota.hint))
