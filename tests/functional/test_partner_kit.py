"""`jumpcf partner kit` on a copy of the example estate: what it writes, and what it refuses."""

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from jumpcf.cli.main import main
from tests.functional.conftest import lasting

ROOT = Path(__file__).parents[2]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example estate, where one partner's contract has ended and one's user; one is frozen, and one's user."""
    folder = tmp_path_factory.mktemp("kit")
    for name in ("params", "stacks"):
        shutil.copytree(ROOT / name, folder / name)
    lasting(folder / "params")
    frozen = "frozen: {reason: INC-42, at: 2027-01-15T03:04:05Z}"
    changes = {
        "globex": [
            ("until: 2097-12-31", "until: 2020-12-31"),
            ("until: 2097-03-31}", "until: 2020-03-31}"),
        ],
        "acme": [
            ("until: 2097-12-31}", "until: 2020-12-31}"),
            ("yuki.abe@acme.example, groups: [ops]}", f"yuki.abe@acme.example, groups: [ops], {frozen}}}"),
        ],
        "hinode": [("until: 2097-06-30", f"until: 2097-06-30\n{frozen}")],
    }
    for partner, wanted in changes.items():
        path = folder / f"params/partners/{partner}.yaml"
        text = path.read_text(encoding="utf-8")
        for old, new in wanted:
            assert old in text
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def run(estate: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(["-C", str(estate), *arguments])
        return (code, *capsys.readouterr())

    return call


def test_a_kit_is_a_folder_and_a_zip_of_the_same_files(run: Run, tmp_path: Path) -> None:
    code, out, err = run("partner", "kit", "acme", "--user", "taro.yamada", "--out", str(tmp_path))
    assert code == 0, err
    assert "Kit of taro.yamada: 16 accounts, 26 roles, until 2098-03-31 (Asia/Tokyo)" in out
    folder = tmp_path / "acme.taro.yamada"
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    with zipfile.ZipFile(tmp_path / "acme.taro.yamada.zip") as read:
        assert {name.partition("/")[2]: read.read(name) for name in read.namelist()} == files
    names = {"portal.html", "aws-config", "aws-extend-switch-roles.ini", "email.txt", "kit.json"}
    assert files.keys() == names
    assert b"To: taro.yamada@acme.example" in files["email.txt"]


def test_a_kit_is_made_again_to_the_same_bytes_below_build(run: Run, estate: Path) -> None:
    made = []
    for _ in range(2):
        code, out, _ = run("-o", "json", "partner", "kit", "acme")
        assert code == 0
        made.append((out, (estate / "build/kits/acme.zip").read_bytes()))
    assert made[0] == made[1]
    assert json.loads(made[0][0])["partner"] == "acme"
    assert b"To: cloud-desk@acme.example" in (estate / "build/kits/acme/email.txt").read_bytes()


def test_where_no_account_is_yet_the_kit_says_so(run: Run) -> None:
    code, out, _ = run("partner", "kit", "initech")
    assert code == 0
    assert "0 accounts, 0 roles" in out
    assert "Nobody can reach an account yet" in out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("globex",), 5, ("G581", "globex ended on 2020-12-31")),
        (("globex", "--user", "ana.lopez"), 5, ("G581", "globex ended on 2020-12-31")),
        (("acme", "--user", "hanako.sato"), 5, ("G581", "hanako.sato ended on 2020-12-31")),
        (("hinode",), 5, ("G582", "hinode is frozen since 2027-01-15T03:04:05Z: INC-42")),
        (("hinode", "--user", "aoi.tanaka"), 5, ("G582", "hinode is frozen")),
        (("acme", "--user", "yuki.abe"), 5, ("G582", "yuki.abe is frozen")),
        (("acne",), 252, ("G561", "did you mean acme?")),
        (("acme", "--user", "taro.yamad"), 252, ("G561", "did you mean taro.yamada?")),
    ],
)
def test_for_whom_there_is_nothing_no_kit_is_made(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], code: int, said: tuple[str, ...]
) -> None:
    ended, out, err = run("partner", "kit", *arguments, "--out", str(tmp_path / "out"))
    assert (ended, out) == (code, "")
    assert all(one in err for one in said), err
    assert not (tmp_path / "out").exists()


def test_a_file_that_no_kit_wrote_stays(run: Run, tmp_path: Path) -> None:
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme/aws-config").write_text("mine")
    code, _, err = run("partner", "kit", "acme", "--out", str(tmp_path))
    assert code == 5
    assert "G584" in err
    assert [path.name for path in tmp_path.rglob("*")] == ["acme", "aws-config"]
