"""The portal page for screen readers, keyboards, weak eyes, phones and paper, and for whom it says less."""

from pathlib import Path

import kits
import pytest
from devtools import Browser
from portal_pages import Open, accounts, text, tree

from jumpcf.portal.page import page

HERE = Path(__file__).parent


# access for everybody


NAMED = {"link", "button", "searchbox", "table", "navigation", "region", "heading", "group", "search"}


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_screen_reader_has_a_name_for_everything(opened: Open, language: str) -> None:
    page = opened("acme", languages=language)
    nodes = [(one["role"]["value"], one.get("name", {}).get("value", "")) for one in tree(page)]
    nameless = [role for role, name in nodes if role in NAMED - {"search", "group"} and not name.strip()]
    assert nameless == []
    words = {"ja": ("検索", "アカウント16", "組織"), "en": ("Search", "Accounts16", "Organizations")}[
        language
    ]
    assert ("searchbox", words[0]) in nodes
    assert words[1] in [name.replace(" ", "") for role, name in nodes if role == "heading"]
    assert ("navigation", words[2]) in nodes
    assert [role for role, _ in nodes if role == "main"] == ["main"]
    tables = [name for role, name in nodes if role == "table"]
    assert {"corp", "lab", "subsidiary"} < set(tables)
    assert [name for role, name in nodes if role == "rowheader"].count("orders-dev 441000000002") == 1


FOCUS = (
    "(() => { const one = document.activeElement, box = one.getClientRects()[0], style = getComputedStyle(one);"
    "const at = document.elementFromPoint(box.left + Math.min(box.width, 40) / 2, box.top + box.height / 2);"
    "return {what: one.id || one.dataset.language || one.className.split(' ')[0] || one.tagName.toLowerCase(),"
    " outline: style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth),"
    " seen: one === at || one.contains(at)}; })()"
)


def test_the_keyboard_alone_reaches_everything_and_the_focus_is_seen(opened: Open) -> None:
    page = opened("acme", languages="en")
    stops = []
    for _ in range(80):
        page.press("Tab")
        at = page.ask(FOCUS)
        if at["what"] == "body":
            break
        assert at["outline"] >= 2, at
        assert at["seen"], at
        stops.append(at["what"])
    start = ["skip", "ja", "en", "button", "a", "summary", "q", "a", "a", "a"]
    assert stops == [*start, *["level"] * 26, "pre"]
    page.resize(1280, 400)  # backwards the search's bar, which stays above, must not lie over the focus
    back = []
    for _ in range(30):
        page.press("Tab", shift=True)
        at = page.ask(FOCUS)
        assert at["seen"], at
        back.append(at["what"])
    assert back[:2] == ["pre", "level"]
    assert back.count("level") == 26


def test_the_keyboard_alone_is_enough_to_find_an_account(opened: Open) -> None:
    page = opened("acme", languages="en")
    page.press("Tab")
    page.press("Enter")  # the skip link
    assert page.ask("document.activeElement.id") == "accounts"
    page.press("Tab")
    assert page.ask("document.activeElement.id") == "q"
    page.type("web-prod")
    while page.ask("document.activeElement.className.split(' ')[0]") != "level":
        page.press("Tab")
    assert page.ask("document.activeElement.href") == next(
        account.links[0].url for account in kits.example().accounts if account.name == "web-prod"
    )
    page.ask("document.querySelector('button[lang=ja]').focus()")
    page.press(" ")
    assert page.ask("document.documentElement.lang") == "ja"
    page.ask("document.querySelector('summary').focus()")
    page.press("Enter")
    assert page.ask("document.querySelector('#first').open") is False


CONTRAST = (HERE / "contrast.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["acme", "initech"])
def test_every_text_has_the_contrast_of_wcag_aa(opened: Open, name: str) -> None:
    page = opened(name, at="2028-03-20T00:00:00Z" if name == "acme" else "2030-01-01T00:00:00Z")
    for scheme, shade in (("light", "rgb(255, 255, 255)"), ("dark", "rgb(21, 25, 29)")):
        page.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        assert page.ask("getComputedStyle(document.body).backgroundColor") == shade
        for language in ("ja", "en"):
            page.ask(f"document.querySelector('button[lang={language}]').click()")
            texts, edges = page.ask(CONTRAST)
            assert len(texts) > 30
            assert [one for one in texts if one["ratio"] < one["least"]] == []
            assert [one for one in edges if one["ratio"] < 3] == []


@pytest.mark.parametrize(
    ("name", "width"), [("acme", 320), ("hostile", 375), ("many", 375), ("initech", 375)]
)
def test_a_phone_scrolls_in_one_direction_only(opened: Open, name: str, width: int) -> None:
    page = opened(name, width=width, height=700, languages="ja")
    for language in ("ja", "en"):
        page.ask(f"document.querySelector('button[lang={language}]').click()")
        assert page.ask("document.documentElement.scrollWidth") == width
        beyond = page.ask(
            "[...document.querySelectorAll('main *, header *')].filter(one => one.checkVisibility() &&"
            " !one.closest('.sr, pre, .skip') && one.getBoundingClientRect().right > innerWidth + 1)"
            ".map(one => one.outerHTML.slice(0, 80))"
        )
        assert beyond == []
    small = page.ask(
        "[...document.querySelectorAll('a.level, button, summary, .button, input')].map(one =>"
        " one.getBoundingClientRect()).filter(box => box.width < 24 || box.height < 24).length"
    )
    assert small == 0  # WCAG 2.2, "Target Size (Minimum)"


# paper, and the calendar


def test_paper_has_the_address_and_the_steps_and_no_controls(opened: Open) -> None:
    page = opened("taro", languages="ja")
    page.ask("document.querySelector('#first').open = false")
    pdf = page.call("Page.printToPDF")
    assert pdf["data"].startswith("JVBERi0")  # %PDF-
    assert page.ask("document.querySelector('#first').open") is True
    page.printed()
    controls = "[...document.querySelectorAll('.find, .switch, .jump, .skip')]"
    assert page.ask(f"{controls}.some(one => one.checkVisibility())") is False
    assert kits.SIGN_IN in text(page)
    assert "MFAの登録" in text(page)
    assert len(accounts(page)) == 16


@pytest.mark.parametrize(
    ("at", "left", "soon", "ended"),
    [
        ("2027-01-15T03:00:00Z", "442 days left", False, False),
        ("2028-03-20T00:00:00Z", "12 days left", True, False),
        ("2028-03-31T14:59:00Z", "1 day left", True, False),
        ("2028-03-31T15:00:00Z", "", False, True),
    ],
)
def test_the_page_counts_the_days_and_says_when_it_is_over(
    opened: Open, at: str, left: str, soon: bool, ended: bool
) -> None:
    page = opened("taro", at=at)
    assert page.ask("document.querySelector('#left').innerText") == left
    assert page.ask("document.querySelector('#left').classList.contains('soon')") is soon
    assert page.ask("document.querySelector('.ended').checkVisibility()") is ended


def test_many_networks_are_folded_and_paper_has_them(browser: Browser, tmp_path: Path) -> None:
    networks = tuple(f"203.0.113.{number}/32" for number in range(40))
    (tmp_path / "page.html").write_bytes(page(kits.many(1, networks=networks)))
    with browser.page() as shown:
        shown.open(tmp_path / "page.html")
        assert networks[-1] not in text(shown)
        shown.call("Page.printToPDF")
        assert networks[-1] in text(shown)


def test_a_partner_without_an_account_can_still_begin(opened: Open) -> None:
    page = opened("initech", languages="en")
    assert "There is no account yet" in text(page)
    assert "Enrol MFA" in text(page)
    assert page.ask("document.querySelector('#q')") is None
