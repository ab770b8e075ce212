"""The portal page in a real browser."""

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from devtools import Browser, Page

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "portal"))

import kits

from jumpcf.portal.model import Kit
from jumpcf.portal.page import page

HERE = Path(__file__).parent
KITS: dict[str, Callable[[], Kit]] = {
    "acme": kits.example,
    "taro": lambda: kits.example("acme", "taro.yamada"),
    "globex": lambda: kits.example("globex", "ana.lopez"),
    "initech": lambda: kits.example("initech"),
    "hostile": kits.hostile,
    "many": kits.many,
}
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("pages")
    for name, kit in KITS.items():
        (made / f"{name}.html").write_bytes(page(kit()))
    return made


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    """One tab for all: a new one costs as much as the page in it."""
    with browser.page() as shared:
        yield shared


@pytest.fixture
def opened(tab: Page, folder: Path) -> Iterator[Open]:
    """Opens a kit's page.  At the end of every test: no error was told and nothing but the file was asked for."""

    def call(name: str, **how: Any) -> Page:
        tab.become(**how)
        return tab.open(folder / f"{name}.html")

    yield call
    tab.ask("1")
    told = tab.heard("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")
    asked = [one["request"]["url"] for one in tab.heard("Network.requestWillBeSent")]
    dialogs = tab.heard("Page.javascriptDialogOpening")
    assert (told, dialogs) == ([], [])
    assert asked
    assert all(url.startswith("file://") and url.endswith(".html") for url in asked), asked


VISIBLE = "[...document.querySelectorAll('.account')].filter(one => one.checkVisibility())"


def accounts(page: Page) -> list[str]:
    """The ids of the accounts that are seen."""
    found: list[str] = page.ask(f"{VISIBLE}.map(one => one.querySelector('.id').textContent)")
    return found


def text(page: Page) -> str:
    said: str = page.ask("document.body.innerText")
    return said


# languages


@pytest.mark.parametrize(
    ("languages", "language"),
    [("ja-JP,ja", "ja"), ("en-GB,en", "en"), ("de-DE,ja", "ja"), ("fr-FR", "en"), ("jam,en", "en")],
)
def test_the_page_speaks_the_browsers_language(opened: Open, languages: str, language: str) -> None:
    page = opened("taro", languages=languages)
    assert page.ask("document.documentElement.lang") == language
    words = {"ja": "初めてサインインするとき", "en": "Your first sign-in"}
    assert words[language] in text(page)
    assert words["en" if language == "ja" else "ja"] not in text(page)


def test_the_switch_changes_everything_at_once(opened: Open) -> None:
    page = opened("taro", languages="ja")
    page.ask("document.querySelector('button[lang=en]').click()")
    assert page.ask("document.documentElement.lang") == "en"
    pressed = "[...document.querySelectorAll('button')].map(one => one.ariaPressed)"
    assert page.ask(pressed) == ["false", "true"]
    japanese = re.compile("[\u3040-\u30ff\u4e00-\u9fff]+")
    assert japanese.findall(text(page)) == ["日本語"]
    page.ask("document.querySelector('button[lang=ja]').click()")
    assert page.ask(pressed) == ["true", "false"]
    english = ("Sign in", "Accounts", "Search", "Level", "days left", "until", "Contact", "everything")
    assert [word for word in english if word in text(page)] == []


def test_the_choice_is_kept_and_comes_before_what_the_browser_prefers(opened: Open, folder: Path) -> None:
    """In two halves: what one page keeps may reach the process of the next one after it has asked."""
    page = opened("taro", languages="ja")
    assert page.ask("localStorage.getItem('jumpcf-kit-language')") is None
    page.ask("document.querySelector('button[lang=en]').click()")
    assert page.ask("localStorage.getItem('jumpcf-kit-language')") == "en"
    page.ask("document.querySelector('button[lang=ja]').click()")
    chosen = "localStorage.setItem('jumpcf-kit-language', 'en')"
    added = page.call("Page.addScriptToEvaluateOnNewDocument", source=chosen)["identifier"]
    assert page.open(folder / "taro.html").ask("document.documentElement.lang") == "en"
    page.call("Page.removeScriptToEvaluateOnNewDocument", identifier=added)


def test_without_scripts_both_languages_and_every_link_are_there(browser: Browser, folder: Path) -> None:
    with browser.page() as page:
        page.call("Emulation.setScriptExecutionDisabled", value=True)
        page.open(folder / "acme.html")
        assert "初めてサインインするとき" in text(page)
        assert "Your first sign-in" in text(page)
        assert len(accounts(page)) == 16
        assert page.ask("document.querySelector('#q').checkVisibility()") is False


# search


def found(kit: Kit, *words: str) -> list[str]:
    """What a search should find: every word, in any of the names of an account's row."""
    return [
        account.id
        for organization in kit.organizations
        for unit in organization.units
        for account in unit.accounts
        if all(
            word
            in " ".join(
                [organization.name, unit.path, account.name, account.id]
                + [f"{link.role} {link.level}" for link in account.links]
            ).lower()
            for word in words
        )
    ]


SEARCHES = {
    "shop": ("shop",),
    "441000000002": ("441000000002",),
    "/prod read": ("/prod", "read"),
    "DBOPERATOR": ("dboperator",),
    "\uff33\uff28\uff2f\uff30\u3000dev": ("shop", "dev"),
    "acme-ops-ssm": ("acme-ops-ssm",),
    "  lab  ": ("lab",),
}


def test_a_search_shows_what_has_every_word(opened: Open) -> None:
    page = opened("acme")
    page.ask("document.querySelector('#q').focus()")
    for typed, words in SEARCHES.items():
        page.type(typed)
        wanted = found(kits.example(), *words)
        assert 0 < len(wanted) < 16
        assert accounts(page) == wanted, typed
        assert page.ask("document.querySelector('#count').innerText") == f"{len(wanted)} of 16"
        seen = page.ask(
            "[...document.querySelectorAll('.org, tbody.unit')].filter(one => one.checkVisibility())"
            ".every(one => [...one.querySelectorAll('.account')].some(row => row.checkVisibility()))"
        )
        assert seen, "an organization or OU without an account is seen"
        page.press("Escape")


def test_a_search_for_nothing_says_so_and_can_be_taken_back(opened: Open) -> None:
    page = opened("acme", languages="ja")
    page.ask("document.querySelector('#q').focus()")
    page.type("nowhere")
    assert accounts(page) == []
    assert "一致するアカウントはありません" in text(page)
    assert page.ask("document.querySelector('#count').innerText") == "16件中0件"
    page.press("Escape")
    assert len(accounts(page)) == 16
    assert "一致するアカウントはありません" not in text(page)


def test_two_hundred_accounts_are_built_once_and_a_key_touches_only_what_changes(opened: Open) -> None:
    """No clock: what a key costs is counted (benchmarks measure the time)."""
    page = opened("many")
    assert page.ask("document.querySelectorAll('a.level').length") == 1000
    page.ask(
        "window.seen = {rows: 0, other: 0};"
        "new MutationObserver(all => all.forEach(one => {"
        "  if (one.type === 'attributes' && one.target.closest('.org')) seen.rows += 1;"
        "  else if (!one.target.closest || !one.target.closest('#count')) seen.other += 1;"
        "})).observe(document.body, {attributes: true, childList: true, subtree: true});"
        "document.querySelector('#q').focus()"
    )
    nodes = page.ask("document.querySelectorAll('*').length")
    page.type("service-10")
    assert len(accounts(page)) == 10
    assert page.ask("seen") == {"rows": 190 + 19 + 1, "other": 0}  # rows, OUs, an organization
    page.ask("seen.rows = 0")
    page.type("7")
    assert accounts(page) == ["500000000107"]
    assert page.ask("seen") == {"rows": 9, "other": 0}
    assert page.ask("document.querySelectorAll('*').length") == nodes


# links


@pytest.mark.parametrize("name", ["acme", "globex", "hostile"])
def test_every_account_has_a_link_for_every_level_and_it_says_where_it_goes(opened: Open, name: str) -> None:
    kit, page = KITS[name](), opened(name)
    rows = page.ask(
        "[...document.querySelectorAll('.account')].map(row => [row.querySelector('.id').textContent,"
        " [...row.querySelectorAll('a')].map(one => [one.href, one.target, one.rel])])"
    )
    how = ["_blank", "noopener noreferrer"]
    assert rows == [[account.id, [[link.url, *how] for link in account.links]] for account in kit.accounts]
    names = [one["name"]["value"] for one in tree(page) if one["role"]["value"] == "link"]
    for account in kit.accounts:
        for link in account.links:
            said = [one for one in names if one.startswith(f"{' '.join(account.name.split())} {link.level}")]
            assert said, (account.name, link.level)
    assert page.ask("document.querySelector('a.button').href") == kit.sign_in
    assert page.ask("document.querySelector('.facts a').href") == f"mailto:{kit.contact}"


# what a page may do


def test_the_policy_lets_nothing_else_run_or_load(browser: Browser, folder: Path) -> None:
    with browser.page() as page:
        page.open(folder / "taro.html")
        policy = page.ask("document.querySelector('meta[http-equiv=Content-Security-Policy]').content")
        assert policy.split("; ")[0] == "default-src 'none'"
        assert "unsafe" not in policy
        refused = page.ask(
            "new Promise(done => { const refused = [];"
            "document.addEventListener('securitypolicyviolation', one => {"
            "  refused.push(one.effectiveDirective); if (refused.length === 4) done(refused.sort()); });"
            "const add = (kind, parts) => document.body.append(Object.assign(document.createElement(kind), parts));"
            "add('script', {textContent: 'window.ran = 1'});"
            "add('img', {src: 'http://127.0.0.1:9/'});"
            "add('p', {}); document.body.lastChild.setAttribute('style', 'color:red');"
            "fetch('http://127.0.0.1:9/').catch(() => 0); })"
        )
        assert refused == ["connect-src", "img-src", "script-src-elem", "style-src-attr"]
        assert page.ask("window.ran") is None


def test_names_that_mean_harm_are_only_names(opened: Open) -> None:
    page = opened("hostile")
    assert page.ask("[document.scripts.length, document.images.length, document.styleSheets.length]") == [
        1,
        0,
        1,
    ]
    assert page.ask("document.title").startswith("<script>")
    names = page.ask("[...document.querySelectorAll('.account .name')].map(one => one.textContent)")
    for name in kits.WICKED:
        assert kits.links.shown(name) in names
    assert not re.search(
        "[\u202a-\u202e\u2066-\u2069\u200e\u200f]", page.ask("document.documentElement.outerHTML")
    )
    assert page.ask(
        "[...document.querySelectorAll('.name, .ou bdi, h1 bdi')].every(one => one.tagName === 'BDI')"
    )
    assert len(accounts(page)) == 16


def test_the_page_holds_no_inline_handler_and_no_style_attribute(folder: Path) -> None:
    for name in KITS:
        tags = re.findall(r"<[a-z][^>]*>", (folder / f"{name}.html").read_text(encoding="utf-8"))
        assert [tag for tag in tags if re.search(r'\s(style|on[a-z]+)="', tag)] == [], name


# access for everybody


def tree(page: Page) -> list[dict[str, Any]]:
    page.call("Accessibility.enable")
    nodes: list[dict[str, Any]] = page.call("Accessibility.getFullAXTree")["nodes"]
    return [one for one in nodes if not one.get("ignored") and "role" in one]


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
