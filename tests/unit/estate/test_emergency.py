"""params/estate.yaml alone, at night."""

from pathlib import Path

import pytest

from jumpcf.estate.emergency import jump_account

SOUND = 'estate: night\njump: {account: "111111111111", region: REGION}\ndefaults: {timezone: Asia/Tokyo}\n'


def told(folder: Path, text: str | None) -> tuple[str | None, list[str]]:
    if text is not None:
        (folder / "params").mkdir()
        (folder / "params/estate.yaml").write_text(text, encoding="utf-8")
    found, problems = jump_account(folder)
    where = f"{found.estate} {found.partition} {found.connection.account}" if found else None
    return where, [one.code for one in problems]


@pytest.mark.parametrize(
    ("region", "partition"),
    [("ap-northeast-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")],
)
def test_the_file_alone_says_whom_to_ask(tmp_path: Path, region: str, partition: str) -> None:
    assert told(tmp_path, SOUND.replace("REGION", region)) == (f"night {partition} 111111111111", [])


def test_what_is_wrong_beside_the_account_is_told_with_it(tmp_path: Path) -> None:
    text = SOUND.replace("REGION", "ap-northeast-1") + "colour: red\n"
    assert told(tmp_path, text) == ("night aws 111111111111", ["E202"])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (None, "E257"),
        ("estate: night\ndefaults: {timezone: Asia/Tokyo}\n", "E201"),
        (SOUND.replace("REGION", "us-isob-east-1"), "E229"),
    ],
)
def test_what_does_not_say_the_account_says_why(tmp_path: Path, text: str | None, code: str) -> None:
    assert told(tmp_path, text) == (None, [code])
