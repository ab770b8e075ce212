"""What `jumpcf build` says of the quotas."""

import re
import shutil
from pathlib import Path

import pytest

from jumpcf.cli.main import main

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests/golden/cli/build.txt"
LINE = re.compile(r"^ +(\d+)% of (\w+) \(([\d,]+) of ([\d,]+)\): (.+)$", re.MULTILINE)


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    for name in ("params", "stacks"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def test_a_build_ends_with_the_fullest_five_quotas_and_their_share(
    estate: Path, capsys: pytest.CaptureFixture[str], golden: object
) -> None:
    assert main(["-C", str(estate), "build", "--no-lint"]) == 0
    told = capsys.readouterr()
    assert callable(golden)
    golden(GOLDEN, (told.err + told.out).replace(str(estate), "ESTATE"))
    lines = LINE.findall(told.err)
    assert len(lines) == 5
    assert len({quota for _, quota, *_ in lines}) == 5
    shares = [int(used.replace(",", "")) / int(limit.replace(",", "")) for _, _, used, limit, _ in lines]
    assert shares == sorted(shares, reverse=True)
    assert [int(percent) for percent, *_ in lines] == [round(100 * share) for share in shares]


def test_a_quota_that_is_over_stops_the_build_at_the_line_that_can_mend_it(
    estate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = estate / "params/partners/acme.yaml"
    text = path.read_text(encoding="utf-8")
    many = ", ".join(f"203.0.{number // 128 + 113}.{2 * (number % 128)}/32" for number in range(600))
    text, done = re.subn(r"^networks: .*(\n  .*)*$", f"networks: [{many}]", text, count=1, flags=re.MULTILINE)
    assert done == 1
    path.write_text(text, encoding="utf-8")
    line = text[: text.index("networks:")].count("\n") + 1
    assert main(["-C", str(estate), "build", "--no-lint"]) == 1
    told = capsys.readouterr().err
    assert f"params/partners/acme.yaml:{line}:1: E401 jump/jump-partner-acme " in told
    assert re.search(rf"most of it: DenyOutsideNetworks [\d,]+ \(params/partners/acme.yaml:{line}:1\)", told)
    assert "hint: merge networks into fewer ranges" in told
    assert "Traceback" not in told
