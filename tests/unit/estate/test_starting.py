"""A new estate: everything or nothing, never over anything, and by the rules of params."""

from dataclasses import replace
from pathlib import Path

import pytest

from jumpcf.errors import ProblemsFound
from jumpcf.estate.load import load, load_with_warnings
from jumpcf.estate.starting import (
    QUESTIONS,
    Answers,
    NewOrganization,
    answered,
    fill,
    organization_of,
    placeholders,
    scalar,
)
from jumpcf.pipeline.starting import move, skeleton, start

ROOT = Path(__file__).parents[3]


def tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def refused(folder: Path, answers: Answers) -> list[str]:
    with pytest.raises(ProblemsFound) as caught:
        start(folder, answers)
    return [str(one).split("\n")[0] for one in caught.value.problems]


def test_the_skeleton_has_the_stack_modules_of_this_repository_and_no_copy_of_them():
    brought = {path: text for path, text in skeleton().items() if path.startswith("stacks/")}
    masters = {f"stacks/{path.name}": path.read_text(encoding="utf-8") for path in ROOT.glob("stacks/*.py")}
    assert brought == masters
    assert (ROOT / "jumpcf/skeleton/stacks").is_symlink()


def test_every_file_of_the_skeleton_is_brought_as_it_is(tmp_path):
    made = start(tmp_path / "new", Answers())
    there = tree(tmp_path / "new")
    assert sorted(there) == list(made)
    plain = {path for path, text in skeleton().items() if "@@" not in text}
    assert plain >= {".gitignore", ".pre-commit-config.yaml", ".vscode/settings.json", "stacks/partner.py"}
    assert [path for path in plain if there[path] != skeleton()[path]] == []
    assert [path for path, text in there.items() if "@@" in text] == []
    assert [path for path in there if path.endswith("_each.yaml")] == []


def test_the_new_estate_loads_without_a_warning_and_has_what_was_answered(tmp_path):
    answers = Answers(
        estate="partner-access",
        jump_account="012345670123",
        region="eu-central-1",
        timezone="Europe/Berlin",
        organizations=(
            NewOrganization(name="corp", id="o-corp000000", admin="200000000000"),
            NewOrganization(name="lab", id="o-lab0000000", admin="900000000001"),
        ),
        partner="globex",
        title='Globex "Training": Ltd. # 技術 @@partner@@',
        contact="desk@globex.example",
        networks=("192.0.2.0/25", "2001:db8:20::/48"),
        user="ana.lopez",
        email="ana.lopez@globex.example",
        unit="/Workloads/My Dev: #1",
        until="2030-06-30",
    )
    start(tmp_path / "new", answers)
    estate, warnings = load_with_warnings(tmp_path / "new")
    assert warnings == ()
    assert (estate.name, estate.jump.account, estate.timezone) == (
        "partner-access",
        "012345670123",
        "Europe/Berlin",
    )
    assert {one.connection.account for one in estate.organizations.values()} == {
        "200000000000",
        "900000000001",
    }
    partner = estate.partners["globex"]
    assert (partner.title, partner.networks) == (answers.title, answers.networks)
    (grant,) = partner.grants
    corp = estate.organizations["corp"]
    assert [one.path for one in corp.units if one.id in grant.units] == ["/Workloads/My Dev: #1"]
    ids = [one.id for each in estate.organizations.values() for one in each.accounts]
    assert len(ids) == len(set(ids)) == 6


def test_the_whole_organization_may_be_granted(tmp_path):
    start(tmp_path / "new", replace(Answers(), unit="/"))
    assert load(tmp_path / "new").partners["acme"].grants[0].units == ("r-new1",)


def test_every_wrong_answer_is_told_at_once_and_nothing_is_written(tmp_path):
    answers = replace(
        Answers(),
        estate="My Estate",
        jump_account="123",
        timezone="Mars/Olympus",
        organizations=(
            NewOrganization(name="../corp", id="o-1", admin="222222222222"),
            NewOrganization(name="all", id="o-abcdefghij", admin="222222222222"),
        ),
        partner="members",
        networks=("10.0.0.0/8", "home"),
        until="2027-02-30",
    )
    told = refused(tmp_path / "new", answers)
    assert list(tmp_path.iterdir()) == []
    wanted = [
        "--estate: E621 'My Estate' is not an estate's name",
        "--jump-account: E621 '123' is not an account id",
        "--network: E621 'home' is not a network",
        "--org: E621 '../corp' is not an organization's local name",
        "--org: E621 'o-1' is not an organization id",
    ]
    assert told[: len(wanted)] == wanted
    codes = {line.split(": ")[1].split()[0] for line in told[len(wanted) :]}
    assert codes >= {"E218", "E230", "E233"}


def test_an_answer_with_a_colon_in_it_is_told_whole(tmp_path):
    (line,) = refused(tmp_path / "new", Answers(jump_account="id: 1"))
    assert line == "--jump-account: E621 'id: 1' is not an account id"


def test_an_organization_is_written_whole_and_under_a_name_of_its_own(tmp_path):
    given = ("corp", "lab:o-abcdefghij:222222222222:3", "new:o-abcdefghik:1", "new:o-abcdefghil:333333333333")
    told = refused(tmp_path / "new", Answers(organizations=tuple(organization_of(one) for one in given)))
    assert told == [
        "--org: E621 '1' is not an account id",
        "--org: E621 '222222222222:3' is not an account id",
        "--org: E621 'corp' is not an organization",
        "--org: E621 two organizations are named new",
    ]


def test_where_a_folder_cannot_be_made_it_is_the_one_that_was_named(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OSError, match="Not a directory") as caught:
        start(tmp_path / "file" / "new", Answers())
    assert caught.value.filename == str(tmp_path / "file" / "new")


@pytest.mark.parametrize("held", ["README.md", ".gitignore", "params"])
def test_a_folder_that_holds_anything_is_left_alone(tmp_path, held):
    (tmp_path / held).mkdir() if held == "params" else (tmp_path / held).write_text("mine")
    assert refused(tmp_path, Answers(jump_account="x")) == [
        "--jump-account: E621 'x' is not an account id",
        f"{tmp_path}: E620 the folder holds {held}",
    ]
    assert [path.name for path in tmp_path.iterdir()] == [held]


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").write_text("mine")
    assert refused(tmp_path / "file", Answers()) == [f"{tmp_path / 'file'}: E620 this is not a folder"]


def test_a_new_repository_is_filled_and_stays_one(tmp_path):
    (tmp_path / ".git").mkdir()
    start(tmp_path, Answers())
    assert {".git", "params", "stacks"} <= {path.name for path in tmp_path.iterdir()}
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".jumpcf")]


def test_where_somebody_comes_in_between_nothing_of_ours_stays(tmp_path):
    (tmp_path / "stage/a").mkdir(parents=True)
    (tmp_path / "stage/b").mkdir()
    (tmp_path / "new/b").mkdir(parents=True)
    (tmp_path / "new/b/theirs").write_text("theirs")
    with pytest.raises(OSError, match="not empty"):
        move(tmp_path / "stage", tmp_path / "new")
    assert tree(tmp_path / "new") == {"b/theirs": "theirs"}
    assert not (tmp_path / "new/a").exists()


def test_texts_that_yaml_would_read_otherwise_get_quotes():
    assert [scalar(one) for one in ("acme", "/Sandbox", "true", "012", "a: b", "null")] == [
        "acme",
        "/Sandbox",
        '"true"',
        '"012"',
        '"a: b"',
        '"null"',
    ]


def test_comments_keep_their_column():
    assert fill("a: @@a@@  # why\n", {"a": "x"}) == f"{'a: x':<33}# why\n"
    assert fill(f"a: @@a@@{' ' * 40}# why\n", {"a": "y" * 40}) == f"a: {'y' * 40}  # why\n"


def test_placeholders_follow_what_is_known():
    found = placeholders("My Estate", 2026, {"partner": "blue-sky", "user": "b"})
    assert (found["estate"], found["title"], found["until"]) == ("my-estate", "Blue Sky", "2027-12-31")
    assert (found["contact"], found["email"]) == ("cloud-desk@blue-sky.example", "b@blue-sky.example")
    assert placeholders("2026", 2026, {})["estate"] == "example"
    assert set(found) == {one.key for one in QUESTIONS}
    assert answered(found, [organization_of("a:b")]).organizations == (
        NewOrganization(name="a", id="b", admin=""),
    )
