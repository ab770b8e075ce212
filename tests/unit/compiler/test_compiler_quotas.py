import re

import pytest
from unit.compiled import ROOT

from jumpcf.compiler.codes import CODES
from jumpcf.compiler.quotas import QUOTAS, UNPUBLISHED
from jumpcf.estate.schema import Quotas


def test_each_quota_has_a_source_and_a_code_of_its_own():
    codes = [quota.code for quota in QUOTAS.values()]
    assert len(set(codes)) == len(codes)
    assert all(quota.source.startswith("https://docs.aws.amazon.com/") for quota in QUOTAS.values())


def test_what_an_estate_may_raise_is_what_aws_raises_with_the_same_bounds():
    """The schema of params/estate.yaml offers exactly the rows that have a `most`."""
    raisable = {key: quota for key, quota in QUOTAS.items() if quota.most is not None}
    assert Quotas.model_fields.keys() == raisable.keys()
    for name, field in Quotas.model_fields.items():
        bounds = {type(each).__name__: next(iter(vars_of(each))) for each in field.metadata}
        assert bounds["Ge"] == raisable[name].limit, name
        assert bounds.get("Le", UNPUBLISHED) == raisable[name].most, name
        assert f"{raisable[name].limit:,}" in str(field.description), name


def vars_of(bound):
    return [getattr(bound, name) for name in ("ge", "le") if hasattr(bound, name)]


def test_the_page_lists_every_quota_that_can_be_raised():
    """docs/estate.md, with default, maximum and AWS's page."""
    page = (ROOT / "docs/estate.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| ([\d,]+) \| ([\d,]+|not published) \| <(.+)> \|$", page, re.MULTILINE)
    wanted = {
        (
            key,
            f"{quota.limit:,}",
            "not published" if quota.most == UNPUBLISHED else f"{quota.most:,}",
            quota.source,
        )
        for key, quota in QUOTAS.items()
        if quota.most is not None
    }
    assert set(rows) == wanted


def test_the_page_of_quotas_names_every_code():
    page = (ROOT / "docs/quotas.md").read_text(encoding="utf-8")
    named = set(re.findall(r"E4\d\d", page))
    named |= {
        f"E{number}"
        for first, last in re.findall(r"E(4\d\d) to E(4\d\d)", page)
        for number in range(int(first), int(last))
    }
    assert {code for code in CODES if code.startswith("E4")} == named


@pytest.mark.parametrize("key", [key for key, quota in QUOTAS.items() if quota.most is not None])
def test_the_way_out_of_a_quota_that_aws_raises_says_how_far_and_where_to_write_it(key):
    hint = QUOTAS[key].hint
    assert "under quotas in params/estate.yaml" in hint
    assert QUOTAS[key].most == UNPUBLISHED or f"(up to {QUOTAS[key].most:,})" in hint
