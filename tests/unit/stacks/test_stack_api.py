import pytest
from unit import builders as an

from jumpcf.errors import Mark
from jumpcf.stack import StackContext, accounts_below, logical_id


@pytest.mark.parametrize(
    ("units", "accounts"),
    [
        (("ou-ab12-22222222",), ("444444444444",)),
        (("ou-ab12-11111111",), ("111111111111", "333333333333", "444444444444")),
        (("ou-ab12-22222222", "ou-ab12-33333333"), ("444444444444", "555555555555")),
        (("r-ab12",), ("111111111111", "222222222222", "333333333333", "444444444444", "555555555555")),
        ((), ()),
    ],
)
def test_accounts_below_are_found_at_every_depth(units, accounts):
    assert accounts_below(an.an_organization(), units) == accounts


def test_a_plain_name_stays_readable():
    assert logical_id("Group", "ops") == "GroupOps"
    assert logical_id("User", "taro.yamada") == "UserTaroYamada6c9755"


def test_names_that_read_alike_get_different_ids():
    names = ["ab", "a.b", "a-b", "a_b", "a+b", "a=b", "a@b", "a,b", "-ab", "ab-", "é", "e"]
    found = {logical_id("User", name) for name in names}
    assert len(found) == len(names)
    assert all(each.isascii() and each.isalnum() for each in found)


def test_lines_that_made_a_resource_add_up():
    context = StackContext(estate=an.an_estate(), name="x")
    context.cite("RolePower", Mark("a", 1, 1))
    context.cite("RolePower", Mark("b", 2, 2))
    assert context.sources == {"RolePower": [Mark("a", 1, 1), Mark("b", 2, 2)]}
