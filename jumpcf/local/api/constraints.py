"""What CloudFormation checks of every request before it looks at it: the constraints of its own service model.

Patterns, lengths and enumerations of every text that the request holds, all of them in one answer, worded as
AWS words them.  boto3 checks the lengths only and passes the rest on.
Source: botocore's model (`pattern`, `min`, `max`, `enum`), which is the API reference's own text.
"""

import re
from collections.abc import Iterator
from typing import Any

from botocore.model import ListShape, Shape, StringShape, StructureShape

from jumpcf.local.refusals import ValidationError

_JAVA_ONLY = re.compile(r"\\p\{|\\z|&&")  # patterns that Python cannot read are left to AWS


def check(shape: Shape | None, params: dict[str, Any]) -> None:
    """Refuse the request with every constraint that it does not meet."""
    found = list(_breaches(shape, params, "")) if shape is not None else []
    if found:
        many = "error" if len(found) == 1 else "errors"
        raise ValidationError(f"{len(found)} validation {many} detected: {'; '.join(found)}")


def _breaches(shape: Shape, value: Any, path: str) -> Iterator[str]:
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        for name, member in shape.members.items():
            if value.get(name) is not None:
                at = name[:1].lower() + name[1:]
                yield from _breaches(member, value[name], f"{path}.{at}" if path else at)
    elif isinstance(shape, ListShape) and isinstance(value, list):
        for number, item in enumerate(value, 1):
            yield from _breaches(shape.member, item, f"{path}.{number}.member")
    elif isinstance(shape, StringShape) and isinstance(value, str):
        for want in _unmet(shape, value):
            yield f"Value '{value[:100]}' at '{path}' failed to satisfy constraint: Member must {want}"


def _unmet(shape: StringShape, value: str) -> Iterator[str]:
    limits = shape.metadata
    if shape.enum and value not in shape.enum:
        yield f"satisfy enum value set: [{', '.join(shape.enum)}]"
    if len(value) > limits.get("max", len(value)):
        yield f"have length less than or equal to {limits['max']}"
    pattern = limits.get("pattern")
    if pattern and not _JAVA_ONLY.search(pattern) and not re.fullmatch(pattern, value):
        yield f"satisfy regular expression pattern: {pattern}"
