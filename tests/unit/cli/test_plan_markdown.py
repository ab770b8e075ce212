"""A plan as a comment on a pull request: every golden plan as a page, hostile names, GitHub's limit."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from test_cli_views import OFFBOARD, a_plan, account

from jumpcf.artifacts.codec import decode
from jumpcf.artifacts.plan import AccountPlan, Plan, PolicyChange, SettingChange, StackPlan, StackSetPlan
from jumpcf.cli import plan_markdown
from jumpcf.cli.main import main
from jumpcf.cli.markdown import code, plain
from jumpcf.errors import Exit

PLANS = Path(__file__).parents[2] / "golden" / "plans"
HOSTILE = (
    "a|b",
    "`code` and ``more``",
    "@octocat",
    "<script>alert(1)</script>",
    "</details><img src=x onerror=y>",
    "two\nlines\r\nand\u2028more",
    "[link](https://evil.example)",
    "![image](http://evil.example/x.png)",
    "www.evil.example",
    "https://evil.example",
    "someone@evil.example",
    "#1 and GH-2",
    "\u202egnp.exe",
    "**bold** _under_ ~~gone~~ $math$",
    "&lt;b&gt; &amp;",
    "# heading",
    "- item",
    "1. item",
    "a\\|b\\",
    "本番アカウント 7",
)


def hostile(name: str) -> Plan:
    """A plan that has the name in every place that AWS or params/ fill."""
    iam = PolicyChange(
        subject=name,
        part="policies",
        what=name,
        action="changed",
        mark="broadened",
        details=(name,),
        gains=(name,),
    )
    user = PolicyChange(subject=name, part="user", what="", action="removed", mark="narrowed")
    accounts = tuple(
        replace(account(number, effect, name), name=name, path=f"/{name}")
        for number, effect in enumerate(("new", "changed", "leaving", "skipped"))
    )
    one = StackSetPlan(
        organization="corp",
        name="jump-acme-dev",
        action="update",
        reason=name,
        partner="acme",
        grant="dev",
        iam=(iam,),
        new_units=(f"/{name}",),
        leaving_units=(f"/{name}",),
        accounts=accounts,
    )
    stack = StackPlan(name="jump-partner-acme", action="update", reason=name, partner="acme", iam=(user,))
    return a_plan(
        stack_sets=(one,),
        stacks=(stack,),
        operations=(replace(OFFBOARD, user=name),),
        notices=(name,),
        blockers=(name,),
    )


def outside_code(page: str) -> str:
    """The page without its code spans and entities, which mean nothing (CommonMark, "Code spans", "Entity …")."""
    return re.sub(r"&#\d+;", "\u200b", re.sub(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", "", page))


@pytest.mark.parametrize("name", sorted(path.stem for path in PLANS.glob("*.json")))
def test_every_plan_has_a_page_that_was_read(name: str, golden: Any) -> None:
    record = orjson.loads((PLANS / f"{name}.json").read_bytes())["record"]
    plan = decode(Plan, orjson.dumps(record))
    golden(PLANS / f"{name}.md", plan_markdown.comment(plan, ""))


def test_every_page_has_its_plan() -> None:
    assert {path.stem for path in PLANS.glob("*.md")} == {path.stem for path in PLANS.glob("*.json")}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_becomes_markup_mentions_anybody_or_breaks_a_line(name: str) -> None:
    page = plan_markdown.full(hostile(name))
    bare = outside_code(page)
    assert "`" not in bare
    assert not re.search(r"@\w|#\d|://|www\.|GH-\d", bare)
    assert not re.search(r"[*_~$\[]", re.sub(r"\*\*(broadened|narrowed)\*\*", "", bare))
    tags = set(re.findall(r"<[^>]*>", bare))
    assert tags == {"<details>", "</details>", "<summary>", "</summary>"}
    assert all(sign.isprintable() or sign == "\n" for sign in page)
    bars = {line.count("|") for line in bare.splitlines() if line.startswith("|")}
    assert bars == {6}
    harmless = plan_markdown.full(hostile("harmless"))
    assert len(page.splitlines()) == len(harmless.splitlines())


def test_a_japanese_name_is_left_as_it_is() -> None:
    assert plain("本番アカウント 7") == "本番アカウント 7"
    assert code("本番") == "`本番`"


@pytest.mark.parametrize(
    ("text", "span"),
    [("a`b", "``a`b``"), ("`", "`` ` ``"), ("a``b`", "``` a``b` ```"), ("x\ny", "`x y`"), ("", "")],
)
def test_a_code_span_holds_every_text(text: str, span: str) -> None:
    assert code(text) == span


def big(sets: int, accounts: int) -> Plan:
    """Many StackSets that each change otherwise, with long account names."""
    made = tuple(
        StackSetPlan(
            organization="corp",
            name=f"jump-acme-{number}",
            action="update",
            partner="acme",
            grant=str(number),
            iam=(
                PolicyChange(
                    subject=f"acme-{number}-Db",
                    part="policies",
                    what="One",
                    action="changed",
                    mark="broadened",
                    details=tuple(f"+s3:Action{number}x{each}" for each in range(60)),
                ),
            ),
            accounts=tuple(replace(account(each, "changed"), name="名" * 50) for each in range(accounts)),
        )
        for number in range(sets)
    )
    return a_plan(stack_sets=made, notices=tuple(f"notice {number} {'x' * 300}" for number in range(100)))


def test_what_github_would_not_take_is_cut_at_a_section_and_says_where_the_rest_is() -> None:
    plan = big(60, 100)
    page = plan_markdown.comment(plan, "out/plan.md")
    assert len(page) <= plan_markdown.LIMIT < len(plan_markdown.full(plan))
    last = page.splitlines()[-1]
    found = re.fullmatch(r"\*\*cut: (\d+) more, the full text is in `out/plan.md`\*\*", last)
    assert found
    left_out = int(found[1])
    assert page.count("<details>") == page.count("</details>") == 62 - left_out
    assert page.index("### Broadened") < page.index("### Notes") < page.index("<details>")
    assert "and 20 more" in page


def test_a_page_that_fits_is_whole_and_says_nothing_of_a_cut() -> None:
    page = plan_markdown.comment(big(2, 100), "")
    assert page == plan_markdown.full(big(2, 100))
    assert "cut:" not in page


def test_one_change_without_end_leaves_room_for_what_else_is_broadened_and_taken_away() -> None:
    """A pull request says how long a phrase is, and how many of them come before the one that counts."""
    long = PolicyChange(
        subject="a" * 9_000,
        part="policies",
        what="b" * 9_000,
        action="changed",
        mark="broadened",
        details=tuple(f"+{number}{'x' * 9_000}" for number in range(40)),
    )
    many = tuple(replace(long, what=f"{number}{long.what}") for number in range(39))
    one = StackSetPlan(
        organization="corp",
        name="jump-acme",
        action="update",
        partner="acme",
        grant="a",
        iam=(long, *many),
        accounts=(),
    )
    plan = a_plan(stack_sets=(one,), operations=(OFFBOARD,), notices=())
    page = plan_markdown.comment(plan, "plan.md")
    assert len(page) <= plan_markdown.LIMIT < len(plan_markdown.full(plan))
    broadened = page.partition("### Broadened")[2].partition("###")[0]
    shown = [line for line in broadened.splitlines() if line.startswith("- `")]
    assert shown
    assert f"- and {40 - len(shown)} more" in broadened
    assert "### Taken away" in page


def test_lists_alone_that_were_shortened_are_said_to_be() -> None:
    plan = big(1, 1400)
    page = plan_markdown.comment(plan, "")
    assert len(page) < plan_markdown.LIMIT < len(plan_markdown.full(plan))
    assert "**cut: lists are shortened, the full text is in what `jumpcf plan" in page


def test_nothing_to_do_is_a_title() -> None:
    page = plan_markdown.comment(a_plan(operations=(), stack_sets=(), stacks=(), notices=()), "")
    assert page.startswith("## jumpcf plan: No changes.\n\nEstate `example`, organizations `corp`, plan `")
    assert len(page.splitlines()) == 3


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["-o", "markdown", "status"], "--output markdown is for plan only"),
        (["plan", "--full", "plan.md"], "--full goes with --output markdown"),
        (["-o", "markdown", "plan", "-o", "json", "--full", "plan.md"], "--full goes with --output markdown"),
    ],
)
def test_markdown_is_for_plans_and_the_full_text_goes_with_it(
    words: list[str], told: str, capsys: Any
) -> None:
    assert main(words) == Exit.USAGE
    assert told in capsys.readouterr().err


def test_a_weaker_password_policy_is_broadened() -> None:
    settings = (
        SettingChange(name="minimum length", before="14", after="12", mark="broadened"),
        SettingChange(name="days until expiry", before="none", after="90", mark="narrowed"),
    )
    page = plan_markdown.full(a_plan(account=AccountPlan(reason="2 settings differ", settings=settings)))
    broadened = page[page.index("### Broadened") : page.index("### Partners")]
    assert "- password policy: minimum length: 14 to 12" in broadened
    assert "days" not in broadened
    assert "- **narrowed** days until expiry: none to 90" in page
