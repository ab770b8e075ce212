"""What a change set would take away beyond what the plan showed."""

from typing import Any

import pytest

from jumpcf.aws.unshown import unshown

SHOWN = (("Gone",), ("Anew",))


def change(resource: str = "User", **more: Any) -> dict[str, Any]:
    return {
        "Type": "Resource",
        "ResourceChange": {"LogicalResourceId": resource, "ResourceType": "T", **more},
    }


def modified(resource: str = "User", **target: str) -> dict[str, Any]:
    details = [{"Target": target, "Evaluation": "Dynamic", "ChangeSource": "ResourceReference"}]
    return change(resource, Action="Modify", Details=details)


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (change(Action="Remove", PolicyAction="Delete", PhysicalResourceId="ken"), "remove User (T ken)"),
        (change(Action="Remove"), "remove User (T)"),
        (change(Action="Remove", PolicyAction="Snapshot"), "remove User (T)"),
        (change("Anew", Action="Remove", PolicyAction="Delete"), "remove Anew (T)"),
        (change(Action="Modify", Replacement="True"), "replace User (T)"),
        (change("Gone", Action="Modify", Replacement="True"), "replace Gone (T)"),
        (change(Action="Modify", Replacement="Conditional"), "perhaps replace User (T)"),
        (
            change(Action="Modify", Replacement="False", PolicyAction="ReplaceAndRetain"),
            "perhaps replace User (T)",
        ),
        (modified(RequiresRecreation="Always"), "perhaps replace User (T)"),
        (modified(RequiresRecreation="Conditionally"), "perhaps replace User (T)"),
        (change("Gone", Action="Dynamic"), "perhaps remove or replace Gone (T)"),
        (change(Action="Import", PhysicalResourceId="ken"), "do Import to User (T ken)"),
        ({"Type": "Hook"}, "do ? to ? (?)"),
    ],
)
def test_what_was_not_shown_is_told_in_words(found: dict[str, Any], told: str) -> None:
    assert unshown([found], *SHOWN) == (told,)


@pytest.mark.parametrize(
    "found",
    [
        change(Action="Add"),
        change(Action="Modify", Replacement="False", Details=[]),
        modified(RequiresRecreation="Never"),
        modified(Attribute="Tags"),
        change("Gone", Action="Remove", PolicyAction="Delete"),
        change(Action="Remove", PolicyAction="Retain"),
        change("Anew", Action="Modify", Replacement="True", PolicyAction="ReplaceAndDelete"),
        change("Anew", Action="Modify", Replacement="Conditional"),
    ],
)
def test_what_was_shown_or_takes_nothing_is_nothing(found: dict[str, Any]) -> None:
    assert unshown([found], *SHOWN) == ()


def test_every_change_is_told_in_awss_order() -> None:
    found = [change("B", Action="Remove"), change("Gone", Action="Remove"), change("A", Action="Remove")]
    assert unshown(found, *SHOWN) == ("remove B (T)", "remove A (T)")


def test_what_may_be_removed_or_replaced_was_shown_where_it_was_shown_as_both() -> None:
    assert unshown([change("Both", Action="Dynamic")], ("Both",), ("Both",)) == ()
