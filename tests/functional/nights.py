"""The example estate under enforcement: people with keys and phones, and what is left of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jumpcf.estate.load import load
from jumpcf.local.session import LocalAws
from tests.functional.conftest import World, environment
from tests.functional.test_offboarding import PASSWORD, by_hand, iam_of
from tests.functional.test_playing_the_partner import DECEMBER, OFFICE
from tests.local.people import Clock, Device, Person, enrol, with_key

AT_ONCE = ("user", "offboard", "acme", "taro.yamada", "--yes")


@dataclass
class Night(World):
    """The example estate under enforcement, by a clock that stands still."""

    clock: Clock = field(default_factory=Clock)

    def taro(self) -> Person:
        return self.person("taro.yamada")

    def person(self, name: str) -> Person:
        """Somebody with a key that the operator gave him, in the office."""
        return with_key(self.aws, name, address=OFFICE)

    def enrol(self, taro: Person) -> Device:
        """He enrols his phone by himself; a passkey, a Git credential and what an administrator may add."""
        device = enrol(taro, self.clock, name=taro.name)
        own = {"Password": PASSWORD, "PasswordResetRequired": False}
        iam_of(self).update_login_profile(UserName=taro.name, **own)
        by_hand(self, taro.name)
        return device


@contextmanager
def opened_night(folder: Path, capture: Any) -> Iterator[Night]:
    """The estate in `folder` on its embedded AWS."""
    clock = Clock(DECEMBER)
    with (
        LocalAws(folder, load(folder), speed=0, clock=clock, enforce=True) as aws,
        environment(aws.environment()),
    ):
        yield Night(folder=folder, aws=aws, capture=capture, clock=clock)


def groups(world: World, name: str) -> list[str]:
    return [one["GroupName"] for one in iam_of(world).list_groups_for_user(UserName=name)["Groups"]]


def words(text: str) -> str:
    return " ".join(text.split())
