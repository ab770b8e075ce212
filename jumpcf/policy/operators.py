"""IAM's condition operators as a table: how each compares one value of the request with one of the policy.

IAM User Guide, reference_policies_elements_condition_operators.  Set prefixes, IfExists and absent keys
are not here but in `conditions`.
"""

import ipaddress
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from jumpcf.policy import pattern
from jumpcf.policy.codes import UnknownConstruct

_MEMO = 1 << 14
_IPV4 = 4
_DIGITS = re.compile(r"\d{1,3}", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
_EPOCH = re.compile(r"\d{9,11}", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})", re.ASCII)

Compare = Callable[[str, str], bool]
"""A value of the request, a value of the policy: do they match?  Raises ValueError for a wrong type."""


@dataclass(frozen=True, slots=True)
class Operator:
    """One row of the table.

    `like` operators get their policy value as a pattern; only those with `variables` may hold some;
    `refuses` says what is wrong with a policy value, or "" where nothing is.
    """

    name: str
    compare: Compare
    refuses: Callable[[str], str]
    like: bool = False
    variables: bool = False

    @property
    def negated(self) -> bool:
        """A negated operator is true where its key is absent."""
        return "Not" in self.name


def _same(value: str, wanted: str) -> bool:
    return value == wanted


def _same_in_any_case(value: str, wanted: str) -> bool:
    return value.lower() == wanted.lower()


def _arn_like(value: str, wanted: str) -> bool:
    if not value.startswith("arn:") or value.count(":") < pattern.ARN_PARTS - 1:
        raise ValueError(f"{value!r} is not an ARN")
    return pattern.arn_like(value, wanted)


def _truth(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(f"{text!r} is neither true nor false")
    return text.lower() == "true"


def _bool(value: str, wanted: str) -> bool:
    return _truth(value) is _truth(wanted)


def number(text: str) -> Decimal:
    """A whole or decimal number."""
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{text!r} is not a number")
    return Decimal(text)


@lru_cache(_MEMO)
def moment(text: str) -> datetime:
    """An instant: ISO 8601 with its time and zone, or seconds since 1970.

    A date alone is refused, because in which zone IAM begins its day is not documented; a year alone could
    be seconds as well.
    """
    if _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(text), UTC)
    if not _DATE.fullmatch(text):
        raise ValueError(f"{text!r} is not a date with time and zone, as in 2027-03-31T15:00:00Z")
    return datetime.fromisoformat(text)


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    """A network in CIDR form, or one IPv4 address, which IAM takes for a /32.

    The page says so of "an IP address"; what a bare IPv6 address means is not documented.  A mask in the
    place of the prefix length is no CIDR form.
    """
    network = ipaddress.ip_network(text)
    length = text.partition("/")[2]
    if (not length and network.version != _IPV4) or (length and not _DIGITS.fullmatch(length)):
        raise ValueError(f"{text!r} is not in CIDR form")
    return network


@lru_cache(_MEMO)
def _in_network(value: str, wanted: str) -> bool:
    address = ipaddress.ip_address(value)
    if isinstance(address, ipaddress.IPv6Address) and (address.ipv4_mapped or address.scope_id):
        raise ValueError(f"{value!r} is mapped or scoped, and what IAM makes of it is not documented")
    return address in _network(wanted)


def _numbers(compare: Callable[[Decimal, Decimal], bool]) -> Compare:
    return lambda value, wanted: compare(number(value), number(wanted))


def _moments(compare: Callable[[datetime, datetime], bool]) -> Compare:
    return lambda value, wanted: compare(moment(value), moment(wanted))


def _anything(_wanted: str) -> str:
    return ""


def _six_parts(wanted: str) -> str:
    """What IAM makes of an ARN pattern with fewer parts is not documented for conditions."""
    arn = re.match(r"(arn|\*):", wanted) and wanted.count(":") >= pattern.ARN_PARTS - 1
    return "" if arn else f"{wanted!r} is not an ARN of six parts"


def _read_by(reader: Callable[[str], object]) -> Callable[[str], str]:
    def refuses(wanted: str) -> str:
        try:
            reader(wanted)
        except ValueError as error:
            return str(error)
        return ""

    return refuses


ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "Equals": operator.eq,
    "NotEquals": operator.eq,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}


def _rows() -> list[Operator]:
    rows = [
        Operator(name, compare, _anything, like=like, variables=True)
        for name, compare, like in (
            ("StringEquals", _same, False),
            ("StringNotEquals", _same, False),
            ("StringEqualsIgnoreCase", _same_in_any_case, False),
            ("StringNotEqualsIgnoreCase", _same_in_any_case, False),
            ("StringLike", pattern.like, True),
            ("StringNotLike", pattern.like, True),
        )
    ]
    rows += [
        Operator(name, _arn_like, _six_parts, like=True, variables=True)
        for name in ("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike")
    ]
    for suffix, compare in ORDER.items():
        rows.append(Operator(f"Numeric{suffix}", _numbers(compare), _read_by(number)))
        rows.append(Operator(f"Date{suffix}", _moments(compare), _read_by(moment)))
    rows += [Operator(name, _in_network, _read_by(_network)) for name in ("IpAddress", "NotIpAddress")]
    rows += [Operator(name, _bool, _read_by(_truth)) for name in ("Bool", "Null")]
    return rows


OPERATORS = {row.name: row for row in _rows()}


def matches(row: Operator, key: str, value: str, wanted: str) -> bool:
    """Does a value of the request match one of the policy, before a negation; P212 for a wrong type."""
    try:
        return row.compare(value, wanted)
    except ValueError as error:
        raise UnknownConstruct("P212", f"{row.name} on {key}: {error}.") from error
