"""`jumpcf init`."""

import datetime
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jumpcf.cli.console import Console
from jumpcf.cli.options import pass_console
from jumpcf.errors import GateRefused, ProblemsFound
from jumpcf.pipeline import building, starting

if TYPE_CHECKING:
    from jumpcf.estate.starting import Answers, NewOrganization, Question

NEXT = """The OUs and accounts in params/lock/ are invented, so that everything can be tried at once:
{cd}  jumpcf build
  jumpcf deploy --local --yes --accept-broadening
Then the real ones, as its README.md says: profiles in ~/.aws/config, jumpcf bootstrap, jumpcf sync"""
AGAIN = """Nothing of what you answered is lost. Change in this line what is told below it:
  {command}"""


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Ask nothing: options, and placeholders for the rest.")
@click.option("--estate", metavar="NAME", help="The estate's name; DIR's by default.")
@click.option("--jump-account", metavar="ID", help="The account where partners' people sign in.")
@click.option("--region", help="Of the jump account's stacks and of the StackSets.")
@click.option("--timezone", metavar="ZONE", help="Of every date, such as Asia/Tokyo.")
@click.option(
    "--org", metavar="NAME:ID:ADMIN", multiple=True, help="An organization, its id and admin account."
)
@click.option("--partner", metavar="NAME", help="The first partner.")
@click.option("--title", help="The partner's full name.")
@click.option("--contact", metavar="EMAIL", help="The partner's desk.")
@click.option("--until", metavar="DAY", help="The contract's last day; the end of next year by default.")
@click.option("--network", metavar="CIDR", multiple=True, help="A public network of the partner.")
@click.option("--user", metavar="NAME", help="The partner's first user.")
@click.option("--email", help="The user's address.")
@click.option("--ou", metavar="PATH", help="The OU whose accounts the partner may read.")
@pass_console
def command(
    console: Console, /, folder: Path, yes: bool, org: tuple[str, ...], network: tuple[str, ...], **given: Any
) -> None:
    """Make a new estate in DIR: params, stacks, workflows, editor and team files.

    \b
    Example: jumpcf init partner-access
             jumpcf init partner-access --yes --org corp:o-abcdefghij:222222222222

    Asks what it cannot know; an option answers before it is asked. It writes everything or nothing,
    and never over anything: DIR must be empty (.git may be there) or new. The lock is invented, so
    that the estate builds at once; a real deploy refuses it until jumpcf sync has been there.

    Needs no credentials, no IAM action and no network.
    """
    from jumpcf.estate.starting import answered, organization_of

    place = console.folder / folder
    texts = {("unit" if key == "ou" else key): value for key, value in given.items() if value is not None}
    if network:
        texts["networks"] = ",".join(network)
    organizations = [organization_of(word) for word in org]
    if not yes:
        if refused := starting.occupied(place):
            raise ProblemsFound([refused])
        texts, organizations = _ask(console, place, texts, organizations)
    answers = answered(_whole(place, texts), organizations)
    try:
        made = starting.start(place, answers)
    except ProblemsFound:
        if not yes:  # somebody has typed all of it
            console.ask(AGAIN.format(command=_command(console, folder, answers)))
        raise
    _show(console, folder, made, answers)


def _command(console: Console, folder: Path, answers: "Answers") -> str:
    """The line that asks nothing and answers the same."""
    from jumpcf.estate.starting import QUESTIONS

    words = [
        "jumpcf",
        *(["-C", str(console.folder)] if console.folder != Path() else []),
        "init",
        str(folder),
    ]
    for question in QUESTIONS:
        value = getattr(answers, question.key)
        for one in value if isinstance(value, tuple) else (value,):
            words += [question.option, one]
    for org in answers.organizations:
        words += ["--org", f"{org.name}:{org.id}:{org.admin}"]
    return shlex.join(words)


def _whole(place: Path, texts: dict[str, str]) -> dict[str, str]:
    from jumpcf.estate.starting import placeholders

    return placeholders(place.resolve().name, datetime.date.today().year, texts)


def _show(console: Console, folder: Path, made: tuple[str, ...], answers: "Answers") -> None:
    if console.json:
        console.result(
            building.encode({"estate": answers.estate, "folder": str(folder), "files": list(made)})
        )
        return
    console.result(f"Estate {answers.estate} in {folder}: {len(made)} files")
    if answers.until < datetime.date.today().isoformat():
        console.ask(f"The contract's last day, {answers.until}, has passed: nobody may take a role by it.")
    place = console.folder / folder
    console.say(NEXT.format(cd="" if place == Path() else f"  cd {shlex.quote(str(place))}\n"))


def _ask(
    console: Console, place: Path, texts: dict[str, str], organizations: list["NewOrganization"]
) -> "tuple[dict[str, str], list[NewOrganization]]":
    """Every question that no option has answered; Enter takes the placeholder."""
    from jumpcf.estate.starting import QUESTIONS, Answers

    open_ = [one for one in QUESTIONS if one.key not in texts]
    if (open_ or not organizations) and not console.interactive:
        raise GateRefused(
            "G590",
            "init would ask, and nobody is there to answer",
            "add --yes: options count, and placeholders stand for the rest",
        )
    asked = dict(texts)
    for question in open_:
        asked[question.key] = _answer(question, _whole(place, asked)[question.key])
    if not organizations:
        organizations = [_organization(Answers().organizations[0])]
        while click.confirm("Another organization?", default=False, err=True):
            organizations.append(_organization(None))
    return asked, organizations


def _organization(default: "NewOrganization | None") -> "NewOrganization":
    from jumpcf.estate.starting import ORGANIZATION, NewOrganization

    return NewOrganization(
        **{one.key: _answer(one, getattr(default, one.key) if default else None) for one in ORGANIZATION}
    )


def _answer(question: "Question", default: str | None) -> str:
    """Asked until it has the right shape; what answers get wrong together is told when all are there."""
    from jumpcf.estate.starting import fault

    def read(value: str) -> str:
        words = value.split(",") if question.key == "networks" else [value]
        for word in words:
            if told := fault(question, word.strip()):
                raise click.UsageError(": ".join(told))
        return value

    return str(click.prompt(question.text, default=default, value_proc=read, err=True))
