"""What `make lowest` installs: every requirement at run time, at the version that setup.cfg begins with."""

import pytest

from tests import versions
from tests.unit.test_house_rules import ROOT


def test_every_requirement_has_a_lowest_version() -> None:
    wanted = versions.requirements((ROOT / "setup.cfg").read_text(encoding="utf-8"))
    found = dict(versions.lowest(one).split("==") for one in wanted)
    assert {"boto3", "click", "moto", "flask-cors"} <= found.keys()
    assert "pytest" not in found


@pytest.mark.parametrize(
    ("wanted", "least"), [("a-b>=1.2,<2", "a-b==1.2"), ("tzdata>=2024.1", "tzdata==2024.1")]
)
def test_the_lower_bound_is_the_lowest_version(wanted: str, least: str) -> None:
    assert versions.lowest(wanted) == least


@pytest.mark.parametrize("wanted", ["click", "click<9", "click~=8.1"])
def test_a_requirement_without_a_lower_bound_is_told(wanted: str) -> None:
    with pytest.raises(AssertionError, match="no lower bound"):
        versions.lowest(wanted)
