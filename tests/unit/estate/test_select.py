"""Choosing organizations by name."""

import pytest

from jumpcf.errors import Exit
from jumpcf.estate.select import UnknownOrganization, organizations

KNOWN = ["subsidiary", "corp", "lab"]


def test_no_name_means_every_organization_by_name():
    assert organizations(KNOWN, []) == ("corp", "lab", "subsidiary")


def test_a_name_given_twice_counts_once():
    assert organizations(KNOWN, ["lab", "corp", "lab"]) == ("corp", "lab")


def test_every_unknown_name_is_told_with_the_one_that_was_meant():
    with pytest.raises(UnknownOrganization) as caught:
        organizations(KNOWN, ["crop", "lab", "subsidary"])
    assert caught.value.code == "E258"
    assert caught.value.what == "no organization crop, subsidary"
    assert caught.value.hint == "did you mean corp?; did you mean subsidiary?"
    assert caught.value.exit_code is Exit.USAGE


def test_who_asks_for_all_of_them_is_told_how():
    with pytest.raises(UnknownOrganization) as caught:
        organizations(KNOWN, ["all"])
    assert caught.value.hint == "all of them: leave --org out"
