"""Wildcards as IAM reads them: * for any run of characters, ? for one character.

A pattern is text in which a backslash takes the meaning from the character after it; `literal` and
`escaped` make it from what a policy or a request holds.
"""

import re
from functools import lru_cache

_MEMO = 1 << 16

ARN_PARTS = 6
"""arn, partition, service, region, account, resource; the sixth keeps its own colons."""


def literal(text: str) -> str:
    """A pattern that matches this text only."""
    return re.sub(r"([\\*?])", r"\\\1", text)


def escaped(text: str) -> str:
    """The pattern that a policy's text means: * and ? keep their meaning, a backslash is a backslash."""
    return text.replace("\\", "\\\\")


def like(value: str, pattern: str) -> bool:
    """Is the value in the pattern, letter case and all (StringLike)?"""
    return _whole(pattern).fullmatch(value) is not None


def arn_like(value: str, pattern: str) -> bool:
    """ArnLike: each of the six parts is matched by itself, so no wildcard reaches over a colon.

    IAM User Guide, reference_policies_elements_condition_operators, "Amazon Resource Name (ARN) condition
    operators".  The sixth part may hold colons, and its wildcards go over them.
    """
    return _by_parts(pattern, last_goes_on=False).fullmatch(value) is not None


def resource_like(value: str, pattern: str) -> bool:
    """A Resource element: as `arn_like`, but a * that ends a part may go on beyond the colon.

    IAM User Guide, reference_policies_elements_resource, "Using wildcards in resource ARNs".
    """
    return pattern == "*" or _by_parts(pattern, last_goes_on=True).fullmatch(value) is not None


@lru_cache(_MEMO)
def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(_expression(pattern, "."), re.DOTALL)


@lru_cache(_MEMO)
def _by_parts(pattern: str, *, last_goes_on: bool) -> re.Pattern[str]:
    *front, last = pattern.split(":", ARN_PARTS - 1)
    parts = [_expression(part, "[^:]") for part in front]
    if last_goes_on:
        parts = [
            part.removesuffix("[^:]*") + ".*" if _ends_in_star(text) else part
            for part, text in zip(parts, front, strict=True)
        ]
    return re.compile(":".join([*parts, _expression(last, ".")]), re.DOTALL)


def _ends_in_star(part: str) -> bool:
    return _marks(part)[-1:] == ["*"]


def _marks(pattern: str) -> list[str]:
    """The characters of a pattern, an escaped one with its backslash."""
    return re.findall(r"\\.|.", pattern, re.DOTALL)


def _expression(pattern: str, one: str) -> str:
    """The regular expression of a pattern, `one` being what a single wildcard character may be."""
    made = []
    for mark in _marks(pattern):
        if mark == "*":
            made.append(f"{one}*")
        elif mark == "?":
            made.append(one)
        else:
            made.append(re.escape(mark[-1]))
    return "".join(made)
