"""A kit's files: what they say, that no secret is in them, and that they are put in place whole or not at all."""

import base64
import configparser
import hashlib
import html
import itertools
import json
import os
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import botocore.configloader
import kits
import pytest

from jumpcf.artifacts.codec import canonical
from jumpcf.errors import GateRefused
from jumpcf.portal.files import RECORD, files
from jumpcf.portal.model import Kit, Organization, Unit
from jumpcf.portal.write import archive, write

GOLDEN = Path(__file__).parents[2] / "golden" / "kits"
EXAMPLES = [("acme", None), ("acme", "hanako.sato"), ("globex", "ana.lopez"), ("initech", None)]
SOME = {"a.txt": b"one\n", RECORD: b"{}\n"}


def texts(kit: Kit) -> dict[str, bytes]:
    return files(kit, kit.contact)


@pytest.mark.parametrize(("partner", "user"), EXAMPLES)
def test_the_example_estates_kits_are_as_they_were_read(
    partner: str, user: str | None, golden: Callable[[Path, bytes], None]
) -> None:
    kit = kits.example(partner, user)
    for name, data in texts(kit).items():
        if name != RECORD:  # all of it stands in the others
            golden(GOLDEN / kit.name / name, data)


@pytest.mark.parametrize(("partner", "user"), EXAMPLES)
def test_the_profiles_are_what_the_command_line_reads(partner: str, user: str | None, tmp_path: Path) -> None:
    kit = kits.example(partner, user)
    path = tmp_path / "config"
    path.write_bytes(texts(kit)["aws-config"])
    profiles = botocore.configloader.load_config(str(path))["profiles"]
    assert profiles.pop("example") == {
        "region": "ap-northeast-1",
        **(
            {"login_session": f"arn:aws:iam::111111111111:user/partner/{partner}/{user}"}
            if user and kit.cli == "aws-login"
            else {}
        ),
    }
    mfa = {"mfa_serial": f"arn:aws:iam::111111111111:mfa/{user}"} if kit.cli == "access-keys" else {}
    assert profiles == {
        link.profile: {
            "role_arn": link.arn,
            "source_profile": "example",
            "role_session_name": user or "YOUR.USER.NAME",
            "duration_seconds": str(link.session),
            "region": account.region,
            **mfa,
        }
        for account in kit.accounts
        for link in account.links
    }


def test_the_extensions_list_has_a_base_account_and_a_target_for_every_role() -> None:
    kit = kits.example()
    read = configparser.RawConfigParser()
    read.read_string(texts(kit)["aws-extend-switch-roles.ini"].decode())
    assert dict(read["example"]) == {"aws_account_id": "111111111111"}
    assert read.sections()[1:] == [link.profile for link in kit.links]
    for link in kit.links:
        assert (read[link.profile]["role_arn"], read[link.profile]["color"]) == (link.arn, link.color)
        assert read[link.profile]["source_profile"] == "example"


def test_a_name_cannot_write_a_line_of_its_own(tmp_path: Path) -> None:
    """An account's name with a line end in it would be a section with a program to run."""
    for name, data in texts(kits.hostile()).items():
        lines = [line.strip() for line in data.decode().splitlines()]
        assert not [line for line in lines if line.startswith(("credential_process", "[profile y]"))], name
        assert not {"\u202e", "\u2066", "\u200f"} & set(data.decode()), name


def test_no_kit_has_a_key_a_password_or_the_way_to_one() -> None:
    for partner, user in EXAMPLES:
        kit = kits.example(partner, user)
        for data in texts(kit).values():
            said = data.decode().lower()
            for word in (
                "aws_access_key_id",
                "aws_secret",
                "credential_process",
                "parameter/jump",
                "/passwords",
            ):
                assert word not in said


def test_the_same_kit_gives_the_same_zip_with_its_folder_in_it(tmp_path: Path) -> None:
    made = archive("acme", SOME)
    assert made == archive("acme", dict(reversed(SOME.items())))
    (tmp_path / "x.zip").write_bytes(made)
    with zipfile.ZipFile(tmp_path / "x.zip") as read:
        assert read.namelist() == ["acme/a.txt", "acme/kit.json"]
        assert {one.date_time for one in read.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {one.external_attr >> 16 for one in read.infolist()} == {0o100644}
        assert read.read("acme/a.txt") == b"one\n"


def test_a_second_kit_goes_over_the_first_and_leaves_what_is_not_its_own(tmp_path: Path) -> None:
    write(tmp_path, "acme", SOME)
    (tmp_path / "acme/notes.md").write_text("mine")
    folder, zipped = write(tmp_path, "acme", {**SOME, "a.txt": b"two\n"})
    assert sorted(path.name for path in folder.iterdir()) == ["a.txt", "kit.json", "notes.md"]
    assert (folder / "a.txt").read_bytes() == b"two\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["acme", "acme.zip"]
    assert zipfile.ZipFile(zipped).read("acme/a.txt") == b"two\n"


def snapshot(folder: Path) -> dict[str, bytes | None]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def occupy_folder(out: Path) -> None:
    (out / "acme").mkdir()
    (out / "acme/a.txt").write_text("not yours")


def occupy_zip(out: Path) -> None:
    (out / "acme.zip").write_text("not yours")


def a_file_for_the_folder(out: Path) -> None:
    (out / "acme").write_text("not yours")


def a_folder_for_a_file(out: Path) -> None:
    write(out, "acme", {RECORD: b"{}\n"})
    (out / "acme/a.txt").mkdir()


def a_link_for_a_file(out: Path) -> None:
    write(out, "acme", {RECORD: b"{}\n"})
    (out / "target").write_text("not yours")
    (out / "acme/a.txt").symlink_to(out / "target")


@pytest.mark.parametrize(
    "before", [occupy_folder, occupy_zip, a_file_for_the_folder, a_folder_for_a_file, a_link_for_a_file]
)
def test_what_no_kit_wrote_is_not_written_over(before: Callable[[Path], None], tmp_path: Path) -> None:
    before(tmp_path)
    stood = snapshot(tmp_path)
    with pytest.raises(GateRefused) as refused:
        write(tmp_path, "acme", SOME)
    assert refused.value.code == "G584"
    assert "--out" in refused.value.hint
    assert snapshot(tmp_path) == stood


@pytest.mark.parametrize("fails_at", [0, 1, 2])
@pytest.mark.parametrize("first", [True, False])
def test_a_kit_that_cannot_be_put_in_place_leaves_the_last_one(
    first: bool, fails_at: int, tmp_path: Path
) -> None:
    if not first:
        write(tmp_path, "acme", SOME)
    stood, count = snapshot(tmp_path), itertools.count()

    def put(fresh: Path, path: Path) -> None:
        if next(count) == fails_at:
            raise OSError("the disk is gone")
        os.replace(fresh, path)

    with pytest.raises(OSError, match="disk"):
        write(tmp_path, "acme", {"a.txt": b"two\n", RECORD: b"{}\n"}, put)
    assert snapshot(tmp_path) == stood


def test_the_record_says_all_that_the_files_do() -> None:
    said = json.loads(canonical(kits.example()))
    assert said["schema"] == 1
    assert [one["name"] for one in said["organizations"]] == ["corp", "lab", "subsidiary"]


@pytest.mark.parametrize("name", ["page", "hostile"])
def test_the_pages_policy_lets_run_what_is_written_in_it_and_nothing_else(name: str) -> None:
    """Without a browser; tests/browser asks one."""
    kit = {"page": kits.example, "hostile": kits.hostile}[name]()
    page = texts(kit)["portal.html"].decode()
    policy = re.findall(r'Content-Security-Policy" content="([^"]+)"', page)
    sums = [
        base64.b64encode(hashlib.sha256(one.encode()).digest()).decode()
        for kind in ("style", "script")
        for one in re.findall(rf"<{kind}>(.*?)</{kind}>", page, re.DOTALL)
    ]
    assert [html.unescape(one) for one in policy] == [
        f"default-src 'none'; style-src 'sha256-{sums[0]}'; script-src 'sha256-{sums[1]}'; "
        "base-uri 'none'; form-action 'none'"
    ]
    assert len(sums) == 2
    assert re.findall(r"<(?:link|img|iframe|object|embed|base|form|meta http-equiv=.refresh)\b", page) == []
    hosts = {
        urlsplit(html.unescape(one)).netloc for one in re.findall(r'(?:href|src)="(https?:[^"]+)"', page)
    }
    assert hosts == {"111111111111.signin.aws.amazon.com", "signin.aws.amazon.com"}


def test_a_level_that_two_grants_give_is_told_apart_by_the_grant() -> None:
    kit = kits.many(1)
    (account,) = kit.accounts
    both = (kits.link(account.id, "x", "Read", "dev"), kits.link(account.id, "x", "Read", "ops"))
    unit = Unit(path="/", accounts=(replace(account, links=both),))
    twice = replace(kit, organizations=(Organization(name="corp", units=(unit,)),))
    assert re.findall(r"<small>(dev|ops)</small>", texts(twice)["portal.html"].decode()) == ["dev", "ops"]
    assert "<small>all</small>" not in texts(kit)["portal.html"].decode()
