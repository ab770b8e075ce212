"""The night itself: what goes wrong, what the operator types, and the words between.

Each command's exit code is asserted here, so the page cannot tell of a night that was another.
"""

# ruff: noqa: E501
# The last table is Markdown, whose rows are one line each.

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.functional.test_endpoint import served
from tests.night import estate
from tests.night.play import Desk, Page, Said

TAKEN = estate.account("corp", "orders-dev")
SUSPENDED = estate.account("labs", "crm-dev")
ROLE = "acme-dev-Power"
NOTHING = "$^"  # a pattern of no line


LOST = """\
| fault | what the operator saw | what was lost |
| --- | --- | --- |
| a role's name is taken in one account | exit code 3; the account, AWS's reason and a hint; the accounts that were cancelled with it told apart | nothing: the other organizations went on, the later ring of this one was not started and says so; the next deploy filled the gap |
| a suspended account | `suspended`, as wanted | nothing: it is filled by the first deploy after it is back |
| a foreign operation holds a StackSet | `QUEUED` until it had ended | nothing: it was awaited |
| CloudFormation throttles | a number in `--stats` | a few seconds |
| the machine dies in the middle | from the next machine: who holds the lock since when, and how to take it | nothing: what had been sent to AWS went on there; the next run planned from what AWS shows and did the rest |
| a second machine deploys meanwhile | exit code 5, `G530`, nothing written | nothing |
"""
"""The page's last table."""


@dataclass
class Night:
    """Two machines that see the same AWS: the office's, and the laptop that is fetched at 3 a.m."""

    office: Desk
    laptop: Desk
    page: Page

    def words(self, text: str) -> None:
        self.page.words(text)

    def heading(self, text: str) -> None:
        self.page.heading(text)


def play(folder: Path) -> str:
    """Play the whole night in an empty folder; gives the page."""
    page = Page()
    with ExitStack() as stack:
        cloud, office, laptop = (folder / name for name in ("cloud", "office", "laptop"))
        estate.write(cloud)
        environment = stack.enter_context(served(cloud))
        shutil.copytree(cloud / "params", office / "params")
        shutil.copytree(cloud / "stacks", office / "stacks")
        aws = Desk(cloud, environment, page)
        night = Night(Desk(office, environment, page), Desk(laptop, environment, page), page)
        for scene in SCENES:
            scene(night, aws)
    return page.text


def expect(said: Said, code: int) -> Said:
    assert said.code == code, f"exit code {said.code}, {code} was expected:\n{said.text}"
    return said


def _opening(night: Night, aws: Desk) -> None:
    night.page.blocks.append("# A night's rollout")
    night.words(
        """This page is played, not written: `make night` runs these commands against `jumpcf local serve`
        (3 organizations, 60 target accounts, 12 partners, 27 StackSets, 228 wanted stacks in accounts), lets
        things go wrong in it, and writes down what was printed. A test plays the night again; every command
        must end as it does here. Lines that say nothing new are cut (`[…]`), long ones end with `…`; clock,
        run and process are left out. What each message means stands in [plan-and-deploy.md](plan-and-deploy.md) and
        [recovery.md](recovery.md)."""
    )
    night.heading("What will go wrong")
    night.words(
        f"""Nobody knows of it yet. In corp's account orders-dev somebody made a role `{ROLE}` by hand. The
        account crm-dev of labs is suspended. And a machine will die."""
    )
    for command in (
        f"jumpcf local fault name-taken {TAKEN} {ROLE}",
        f"jumpcf local fault suspend {SUSPENDED}",
    ):
        expect(aws.run(command, NOTHING), 0)
    expect(aws.run("jumpcf local fault list", "."), 0)


def _evening(night: Night, aws: Desk) -> None:
    night.heading("22:00, the plan")
    said = night.office.run("jumpcf plan", r"^acme: ", r"^ember: ", r"^Plan")
    expect(said, 0)
    night.words("The plan gives access where there was none. Without a word for that nothing is written:")
    expect(night.office.run("jumpcf deploy --yes", r"^G5", r"hint: if this"), 5)


def _crash(night: Night, aws: Desk) -> None:
    night.heading("22:10, the deploy, and the machine dies")
    night.office.killed(
        "jumpcf deploy --yes --accept-broadening",
        r"running corp jump-acme-dev",
        r"deploying",
        r"done    jump jump-base",
        r"start   corp: .* jump-acme-",
    )
    night.words("The power is gone, in the middle of StackSet operations. AWS goes on with what it was told.")


def _laptop(night: Night, aws: Desk) -> None:
    night.heading("22:15, from a laptop that has nothing")
    night.words("The repository is cloned; there is no journal, no plan, no lock file on this machine.")
    for name in ("params", "stacks"):
        shutil.copytree(night.office.folder / name, night.laptop.folder / name)
    expect(night.laptop.run("jumpcf deploy --yes --accept-broadening", r"^G5", "hint"), 5)
    night.words("Meanwhile another team's script holds a StackSet, and it is busy hour at CloudFormation:")
    for command in (
        "jumpcf local fault occupy jump-ember-all --for 25s",
        "jumpcf local fault throttle --rate 4 --service cloudformation --times 60",
    ):
        expect(aws.run(command, NOTHING), 0)
    night.words("The dead machine still holds the lock. It is dead for certain, so its lock is broken:")
    said = night.laptop.run(
        "jumpcf --stats deploy --break-lock --yes --accept-broadening",
        r"lock of|unfinished|taken",
        r"^Plan:",
        r"jump-ember-all .*(QUEUED|waiting)",
        r"FAILED  corp",
        r"skipped corp",
        r"  suspended ",
        r"^failed in",
        r"^    (where|hint)",
        r"not attempted because",
        r"^NOT everything",
        r"^(place|corp|labs|retail) .*(throttle|cloudformation)",
    )
    expect(said, 3)


def _mend(night: Night, aws: Desk) -> None:
    night.heading("22:40, the cause is taken away")
    night.words(
        f"""One cause: the role {ROLE} in orders-dev. Its owner agrees that it may go. What waited behind the
        failed ring was not started, and says so; nothing else was stopped by it."""
    )
    expect(night.laptop.quietly(f"aws iam delete-role --role-name {ROLE} --profile local-{TAKEN}"), 0)
    night.page.blocks.append(f"```\n$ aws iam delete-role --role-name {ROLE} --profile local-{TAKEN}\n```")
    said = night.laptop.run(
        "jumpcf deploy --yes --accept-broadening",
        r"^Plan:",
        r"done    corp jump-acme-(dev|all)",
        r"^Everything",
    )
    expect(said, 0)


def _morning(night: Night, aws: Desk) -> None:
    night.heading("23:00, is it true?")
    expect(night.laptop.run("jumpcf status", r"suspended", r"Everything|wanted accounts"), 0)
    expect(night.laptop.run("jumpcf deploy --yes", "No changes", "Everything"), 0)
    expect(night.laptop.run("jumpcf drift", "^No drift"), 0)
    night.heading("What was lost")
    night.page.blocks.append(LOST)


SCENES: tuple[Callable[[Night, Desk], None], ...] = (
    _opening,
    _evening,
    _crash,
    _laptop,
    _mend,
    _morning,
)
