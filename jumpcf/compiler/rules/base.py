"""What a rule sees and what it gives.

A rule is one file, `j2xxx_name.py`, with one name, `RULE`.  Rules read the rendered JSON, never the builders,
but for `Rendered.asked`: what the stack module asked of awacs.
"""

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

from jumpcf.compiler.rules.policies import Policy, Statement, Use, policies, sid, statements
from jumpcf.errors import Mark
from jumpcf.iam.asked import AskedTerm

REMEMBERED = 4096  # verdicts of a rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule found: `title` is the logical id ("" for the template), `message` names the thing.  Where it
    is about a statement, `place` (of its policy) and `sid` say which; `mark` is the line of params that it breaks."""

    code: str
    title: str
    message: str
    hint: str = ""
    place: str = ""
    sid: str = ""
    mark: Mark | None = None


def of_statement(
    code: str, policy: Policy, statement: Statement, number: int, said: str, hint: str
) -> Finding:
    """A finding about one statement of a policy."""
    name = sid(statement, number)
    return Finding(
        code=code,
        title=policy.title,
        message=f"{policy.place}, {name}: {said}",
        hint=hint,
        place=policy.place,
        sid=name,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """Whom everything must be denied (`what`, in words), and the line of params that says so: the sessions of this
    `name` ("": of any), issued `before` an instant ("": whenever), from the instant `ends` on.  In a grant's roles
    that is their fence's; of a user in the jump account `before` says that he is frozen."""

    what: str
    mark: Mark
    name: str = ""
    before: str = ""
    ends: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promises:
    """What params say of a grant: `closed` are the accounts in which its stack must stay empty, `ends` is its first
    instant without access ("" where there is none), `denied` are the sessions that its roles deny.  `jump` is the
    account whose people take them, each under his own name where sessions are `named`; `mark` is the grant's line.
    Of the jump account they say what each of its `people` is denied, by name; `partition` is that of their ARNs."""

    closed: tuple[str, ...] = ()
    ends: str = ""
    jump: str = ""
    named: bool = False
    mark: Mark | None = None
    denied: tuple[Denied, ...] = ()
    partition: str = ""
    people: Mapping[str, tuple[Denied, ...]] = field(default_factory=dict)


NO_PROMISES = Promises()


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A template: `data` are its bytes, `body` is what they say.  `per` is that of its module, `promises` are what
    params say of its grant, or of the jump account; `asked` maps (logical id, place in it) to the condition terms
    that each statement was given, one as often as it was given."""

    body: Mapping[str, Any]
    data: bytes
    per: Literal["estate", "partner", "grant", "pipeline"]
    promises: Promises = NO_PROMISES
    asked: Mapping[tuple[str, str], tuple[tuple[AskedTerm, ...], ...]] = field(default_factory=dict)

    @functools.cached_property
    def policies(self) -> tuple[tuple[Policy, bytes], ...]:
        """The template's policies with their bytes, found once for all rules."""
        return tuple((policy, _bytes(policy.document)) for policy in policies(self.body))

    @functools.cached_property
    def parts(self) -> tuple[tuple[bytes, ...], ...]:
        """The bytes of each statement, for each of `policies`: what rules remember their verdicts by."""
        return tuple(tuple(map(_bytes, statements(policy.document))) for policy, _ in self.policies)


def _bytes(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


Check = Callable[[Rendered, str], Iterator[Finding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`meaning` is one sentence; `source` is the AWS page, or jumpcf's own page, that the rule rests on.
    `check` takes a template and how it is named ("corp/jump-acme-dev")."""

    code: str
    meaning: str
    source: str
    check: Check


def policy_rule(
    *,
    code: str,
    meaning: str,
    source: str,
    hint: str,
    check: Callable[[Statement, frozenset[Use]], Iterable[str]],
) -> Rule:
    """A rule about single statements.  Its verdict is remembered by the statement's content and its policy's uses,
    for most statements of an estate's policies are the same."""

    @functools.lru_cache(maxsize=REMEMBERED)
    def said(part: bytes, uses: frozenset[Use]) -> tuple[str, ...]:
        return tuple(check(orjson.loads(part), uses))

    def check_template(template: Rendered, path: str) -> Iterator[Finding]:
        for (policy, _), parts in zip(template.policies, template.parts, strict=True):
            for number, part in enumerate(parts, 1):
                for message in said(part, policy.uses):
                    statement = statements(policy.document)[number - 1]
                    yield of_statement(code, policy, statement, number, message, hint)

    return Rule(code=code, meaning=meaning, source=source, check=check_template)
