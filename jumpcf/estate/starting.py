"""A new estate: what is asked, what the answers must look like, and the files they become.

The answers are held against the shapes of params/ here, and by loading the files they make, against everything else.
"""

import datetime
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from jumpcf.artifacts.bootstrap import STACK_SETS
from jumpcf.artifacts.lock import OrganizationTree, TreeAccount, TreeUnit
from jumpcf.errors import Problem
from jumpcf.estate import shapes
from jumpcf.estate.lock_text import organization_text
from jumpcf.estate.shapes import Shape

EACH = "_each.yaml"  # the one file of a folder that stands for each organization or partner
_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9_.@/-]*")
KEPT = ".git"  # all that a folder for a new estate may hold
COLUMN = 33  # where comments of the skeleton's params begin
_COMMENT = re.compile(r"(\S.*?|\s+\S.*?) {2,}(# .*\n)")
_MARK = re.compile(r"@@([a-z_]+)@@")
_PATH = Shape(
    "^/[^\\x00-\\x1f]*$", "a path of an OU", "from the root: /Sandbox, / for the whole organization"
)
_ZONE = Shape("^[A-Za-z0-9_+/-]+$", "a time zone", "an IANA name, such as Asia/Tokyo")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrganization:
    """What init must know of an organization."""

    name: str
    id: str
    admin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Everything that init cannot know; the defaults are placeholders, of which a build can be made."""

    estate: str = "example"
    jump_account: str = "111111111111"
    region: str = "ap-northeast-1"
    timezone: str = "Asia/Tokyo"
    organizations: tuple[NewOrganization, ...] = (
        NewOrganization(name="corp", id="o-example000", admin="222222222222"),
    )
    partner: str = "acme"
    title: str = "Acme Consulting K.K."
    contact: str = "cloud-desk@acme.example"
    networks: tuple[str, ...] = ("203.0.113.0/24",)
    user: str = "taro.yamada"
    email: str = "taro.yamada@acme.example"
    unit: str = "/Sandbox"
    until: str = "2027-12-31"


@dataclass(frozen=True, slots=True)
class Question:
    """`key` is a field of Answers."""

    key: str
    text: str
    shape: Shape
    hint: str = ""  # where that of the shape is for whoever writes YAML

    @property
    def option(self) -> str:
        """As the command line has it: one for each network, and `--ou` as everywhere."""
        option = {"networks": "network", "unit": "ou"}.get(self.key, self.key)
        return f"--{option.replace('_', '-')}"


QUESTIONS = (
    Question("estate", "The estate's name", shapes.ESTATE),
    Question("jump_account", "The jump account's id", shapes.ACCOUNT_ID, "twelve digits"),
    Question("region", "The region of the jump account's stacks and of the StackSets", shapes.REGION),
    Question("timezone", "The time zone of every date", _ZONE),
    Question("partner", "The first partner's name", shapes.PARTNER),
    Question("title", "The partner's full name", shapes.TEXT),
    Question("contact", "The partner's e-mail address", shapes.EMAIL),
    Question("until", "The contract's last day", shapes.DAY),
    Question("networks", "The partner's public networks, with commas between", shapes.NETWORK),
    Question("user", "The first user's name", shapes.USER),
    Question("email", "The user's e-mail address", shapes.EMAIL),
    Question("unit", "The OU whose accounts the partner may read", _PATH),
)
ORGANIZATION = (
    Question("name", "An organization's local name", shapes.ORGANIZATION),
    Question("id", "Its AWS Organization id", shapes.ORGANIZATION_ID),
    Question(
        "admin",
        "Its admin account: management, or delegated for StackSets",
        shapes.ACCOUNT_ID,
        "twelve digits",
    ),
)
ORGANIZATION_HINT = "NAME:ID:ADMIN, such as corp:o-abcdefghij:222222222222"


def placeholders(folder: str, year: int, given: Mapping[str, str]) -> dict[str, str]:
    """An answer to every question, for whoever gives none: after the folder's name, what was answered before, and
    the end of next year."""
    plain = {
        one.name: value for one in fields(Answers) if isinstance(value := getattr(Answers(), one.name), str)
    }
    name = re.sub("[^a-z0-9]+", "-", folder.lower()).strip("-")
    if re.fullmatch(shapes.ESTATE.pattern, name):
        plain["estate"] = name
    partner, user = given.get("partner", plain["partner"]), given.get("user", plain["user"])
    if partner != plain["partner"]:
        plain["title"] = partner.replace("-", " ").title()
    plain["contact"], plain["email"] = f"cloud-desk@{partner}.example", f"{user}@{partner}.example"
    plain["until"] = f"{year + 1}-12-31"
    return {**plain, "networks": ",".join(Answers().networks), **given}


def organization_of(word: str) -> NewOrganization:
    """NAME:ID:ADMIN of the command line; what is missing is empty, and no answer, nor is what is too much."""
    name, id_, admin, *_ = [*word.split(":", 2), "", ""]
    return NewOrganization(name=name, id=id_, admin=admin)


def answered(plain: Mapping[str, str], organizations: Sequence[NewOrganization]) -> Answers:
    """The answers of texts by key; networks have commas between."""
    networks = tuple(one.strip() for one in plain["networks"].split(",") if one.strip())
    rest: dict[str, Any] = {key: value.strip() for key, value in plain.items() if key != "networks"}
    return Answers(**rest, networks=networks, organizations=tuple(organizations) or Answers().organizations)


def fault(question: Question, value: str) -> tuple[str, str] | None:
    """What is wrong with one answer, and a hint; None where it has the right shape."""
    if re.fullmatch(question.shape.pattern, value):
        return None
    return f"'{value}' is not {question.shape.noun}", question.hint or question.shape.hint


def occupied(folder: Path) -> Problem | None:
    """Why a new estate cannot come into this folder, if anything speaks against it."""
    hint = "name a folder that is empty or not there; init never overwrites anything"
    if folder.exists() and not folder.is_dir():
        return Problem(str(folder), 0, 0, "E620", "this is not a folder", hint)
    held = sorted(path.name for path in folder.iterdir() if path.name != KEPT) if folder.is_dir() else []
    if not held:
        return None
    more = f" and {len(held) - 3} more" if len(held) > 3 else ""
    return Problem(str(folder), 0, 0, "E620", f"the folder holds {', '.join(held[:3])}{more}", hint)


def check(answers: Answers) -> tuple[Answers, list[Problem]]:
    """Every answer of a wrong shape as a problem, and the answers with a placeholder in its place, so that what the
    others get wrong together can still be found."""
    problems: list[Problem] = []
    mended: dict[str, Any] = {}
    for question in QUESTIONS:
        given = getattr(answers, question.key)
        several = isinstance(given, tuple)
        found = [_problem(question.option, question, one) for one in (given if several else (given,))]
        if several and not given:
            found = [Problem(question.option, 0, 0, "E621", "there must be at least one")]
        if any(found):
            mended[question.key] = getattr(Answers(), question.key)
        problems += [one for one in found if one]
    organizations = list(answers.organizations)
    for number, one in enumerate(answers.organizations):
        if wrong := _organization(one):
            # of ids that nobody gave, so that they stand in nobody's way
            organizations[number] = NewOrganization(
                name=f"new{number}", id=f"o-example{number:03}", admin=f"2{number:011}"
            )
            problems += wrong
    return replace(answers, organizations=tuple(organizations), **mended), [*problems, *_twice(answers)]


def _twice(answers: Answers) -> Iterator[Problem]:
    """A local name is a file's name: of two organizations with one, only one would be written."""
    names = [one.name for one in answers.organizations]
    for name in sorted({one for one in names if one and names.count(one) > 1}):
        yield Problem("--org", 0, 0, "E621", f"two organizations are named {name}", "a name for each")


def _organization(given: NewOrganization) -> list[Problem]:
    if not (given.id and given.admin):
        said = ":".join(one for one in (given.name, given.id, given.admin) if one)
        return [Problem("--org", 0, 0, "E621", f"'{said}' is not an organization", ORGANIZATION_HINT)]
    found = (_problem("--org", question, getattr(given, question.key)) for question in ORGANIZATION)
    return [one for one in found if one]


def _problem(option: str, question: Question, value: str) -> Problem | None:
    told = fault(question, value)
    return Problem(option, 0, 0, "E621", *told) if told else None


def files(skeleton: Mapping[str, str], answers: Answers) -> dict[str, str]:
    """The new estate's files by path: the skeleton's with the answers in place, and a lock for each organization."""
    values = _values(answers)
    found: dict[str, str] = {}
    for path, text in skeleton.items():
        folder = path.removesuffix(EACH)
        if folder == path:
            found[path] = fill(text, values)
        elif folder == "params/organizations/":
            for one in answers.organizations:
                own = {"organization": one.name, "organization_id": one.id, "admin_account": one.admin}
                found[f"{folder}{one.name}.yaml"] = fill(text, {**values, **own})
        else:
            found[f"{folder}{answers.partner}.yaml"] = fill(text, values)
    for number, tree in enumerate(_trees(answers)):
        found[f"params/lock/{answers.organizations[number].name}.json"] = organization_text(tree)
    return found


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values into marks (`@@estate@@`), and the comment behind them where those of other lines stand.

    A mark that nobody knows stays, which a test forbids.
    """
    return "".join(_filled(line, values) for line in text.splitlines(keepends=True))


def _filled(line: str, values: Mapping[str, str]) -> str:
    filled = _MARK.sub(lambda match: values.get(match[1], match[0]), line)
    if filled == line or not (found := _COMMENT.fullmatch(filled)):
        return filled
    return f"{found[1]:<{COLUMN - 2}}  {found[2]}"


def _values(answers: Answers) -> dict[str, str]:
    plain = {
        one.name: scalar(value)
        for one in fields(Answers)
        if isinstance(value := getattr(answers, one.name), str)
    }
    return {
        **plain,
        "jump_account": answers.jump_account,
        "until": answers.until,
        "after": _after(answers.until),
        "networks": f"[{', '.join(json.dumps(one) for one in answers.networks)}]",
        "organization": answers.organizations[0].name,
    }


def scalar(value: str) -> str:
    """A text as YAML that reads as this text: in quotes unless nothing in it could be read otherwise."""
    plain = _PLAIN.fullmatch(value) and value.lower() not in ("true", "false", "null")
    return value if plain else json.dumps(value, ensure_ascii=False)


def _after(day: str) -> str:
    try:
        return (datetime.date.fromisoformat(day) + datetime.timedelta(days=1)).isoformat()
    except (ValueError, OverflowError):
        return day  # no day at all: loading says so


def _trees(answers: Answers) -> Iterator[OrganizationTree]:
    """What a sync would write for organizations with one account in the OU: invented, so that a build has a lock."""
    taken = {answers.jump_account, *(one.admin for one in answers.organizations)}
    ids = (one for one in (f"9{number:011}" for number in range(1, 1000)) if one not in taken)
    for number, one in enumerate(answers.organizations, 1):
        suffix = f"new{number}"
        units = _units(answers.unit, suffix)
        management, member = next(ids), next(ids)
        places = (
            (one.admin, "stacksets-admin", f"r-{suffix}"),
            (management, "management", f"r-{suffix}"),
            (member, f"example-{number}", units[-1].id if units else f"r-{suffix}"),
        )
        accounts = (
            TreeAccount(id=id_, name=name, email=f"{name}@{one.name}.example", unit=unit, state="ACTIVE")
            for id_, name, unit in places
        )
        yield OrganizationTree(
            name=one.name,
            id=one.id,
            management_account=management,
            root=f"r-{suffix}",
            units=units,
            accounts=tuple(sorted(accounts, key=lambda account: account.id)),
            delegated_administrators={one.admin: (STACK_SETS,)},
        )


def _units(path: str, suffix: str) -> tuple[TreeUnit, ...]:
    names: Sequence[str] = [name for name in path.split("/") if name]
    parents = [f"r-{suffix}", *(f"ou-{suffix}-{number:08}" for number in range(1, len(names) + 1))]
    return tuple(
        TreeUnit(
            id=parents[number], name=name, path="/" + "/".join(names[:number]), parent=parents[number - 1]
        )
        for number, name in enumerate(names, 1)
    )
