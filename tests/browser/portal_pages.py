"""The pages that the tests of the portal open, and what can be read off one."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from devtools import Page

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "portal"))

import kits

from jumpcf.portal.model import Kit

KITS: dict[str, Callable[[], Kit]] = {
    "acme": kits.example,
    "taro": lambda: kits.example("acme", "taro.yamada"),
    "globex": lambda: kits.example("globex", "ana.lopez"),
    "initech": lambda: kits.example("initech"),
    "hostile": kits.hostile,
    "many": kits.many,
}
Open = Callable[..., Page]

VISIBLE = "[...document.querySelectorAll('.account')].filter(one => one.checkVisibility())"


def accounts(page: Page) -> list[str]:
    """The ids of the accounts that are seen."""
    found: list[str] = page.ask(f"{VISIBLE}.map(one => one.querySelector('.id').textContent)")
    return found


def text(page: Page) -> str:
    said: str = page.ask("document.body.innerText")
    return said


def tree(page: Page) -> list[dict[str, Any]]:
    page.call("Accessibility.enable")
    nodes: list[dict[str, Any]] = page.call("Accessibility.getFullAXTree")["nodes"]
    return [one for one in nodes if not one.get("ignored") and "role" in one]
