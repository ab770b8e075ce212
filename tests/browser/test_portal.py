"""The portal page in a real browser: its languages, its search, its links, and what it lets in."""

import re
from pathlib import Path

import kits
import pytest
from devtools import Browser, Page
from portal_pages import KITS, Open, accounts, text, tree

from jumpcf.portal.model import Kit

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


def layouts(page: Page) -> int:
    """How often the browser has laid this page out; that takes long where a script asks for it row by row."""
    told = page.call("Performance.getMetrics")["metrics"]
    return int(next(one["value"] for one in told if one["name"] == "LayoutCount"))


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
    page.call("Performance.enable")
    before = layouts(page)
    page.type("service-10")
    assert page.ask("new Promise(done => requestAnimationFrame(() => done(1)))") == 1
    assert layouts(page) - before < 10  # of the page as a whole, and none for each row on the way
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
