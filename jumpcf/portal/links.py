"""Links to the console's switch-role form, and what the form takes.

account and roleName: IAM User Guide, "Switch from a user to an IAM role (console)"; path and name together are
64 characters at most ("IAM and STS quotas").  displayName and color are of older editions; the form takes five
colours and leaves the field empty for any other.
"""

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import quote

SWITCH = {
    "aws": "https://signin.aws.amazon.com/switchrole",
    "aws-cn": "https://signin.amazonaws.cn/switchrole",
    "aws-us-gov": "https://signin.amazonaws-us-gov.com/switchrole",
}
MAX_DISPLAY = 64

RED, ORANGE, YELLOW, GREEN, BLUE = "f2b0a9", "fbc8aa", "efda95", "b7ca9d", "83d4e8"
COLORS = {RED: "red", ORANGE: "orange", YELLOW: "yellow", GREEN: "green", BLUE: "blue"}
_RANK = (GREEN, BLUE, YELLOW, ORANGE, RED)
_OF_LEVEL = {"Admin": RED, "PowerAndIam": ORANGE, "Power": YELLOW, "Read": GREEN}

# What changes the direction of the text around it, or ends a line: never passed on, whatever a name holds.
_TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_BROKEN = frozenset({"Cc", "Cs", "Zl", "Zp"})


def shown(text: str) -> str:
    """A name as it may be shown: one line, and nothing that rearranges what stands beside it."""
    return "".join("\ufffd" if one in _TURNS or unicodedata.category(one) in _BROKEN else one for one in text)


def color(level: str) -> str:
    """The warmer, the more may be done; levels of one's own and Session Manager are blue."""
    return _OF_LEVEL.get(level, BLUE)


def rank(level: str) -> tuple[int, str]:
    """The order in which levels are shown: those that may do less come first."""
    return _RANK.index(color(level)), level


def display(account: str, level: str) -> str:
    """What the console shows of a role; the account's name is shortened before the level is."""
    room = MAX_DISPLAY - len(level) - 1
    name = account if len(account) <= room else account[: max(room - 1, 0)] + "…"
    return f"{name} {level}"[:MAX_DISPLAY]


def switch_role(partition: str, account: str, role: str, name: str, shade: str) -> str:
    """The link; `role` is path and name without the first slash."""
    fields = (("account", account), ("roleName", role), ("displayName", name), ("color", shade))
    return SWITCH[partition] + "?" + "&".join(f"{key}={quote(value, safe='/')}" for key, value in fields)


def profiles(prefix: str, roles: Iterable[tuple[str, str, str, str]]) -> list[str]:
    """Names of profiles for roles (account id, account name, grant, level), each its own, letter case aside.

    The short form is account and level; where two would share it, both have the account's id and the grant.
    """
    wanted = list(roles)
    short = [f"{prefix}-{_word(name, account)}-{level}" for account, name, _, level in wanted]
    often: dict[str, int] = {}
    for one in short:
        often[one.casefold()] = often.get(one.casefold(), 0) + 1
    taken: set[str] = set()
    names = []
    for one, (account, _, grant, level) in zip(short, wanted, strict=True):
        name = one if often[one.casefold()] == 1 else f"{prefix}-{account}-{grant}-{level}"
        while name.casefold() in taken:
            name += "_"
        taken.add(name.casefold())
        names.append(name)
    return names


def _word(name: str, otherwise: str) -> str:
    """What of a name can stand in a profile's without quotes."""
    return re.sub(r"[^A-Za-z0-9_.]+", "-", name).strip("-.") or otherwise
