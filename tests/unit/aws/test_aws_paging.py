"""Lists to their end."""

from typing import Any

import pytest

from jumpcf.aws.paging import paginate
from jumpcf.errors import AwsRefused


def answers(*pages: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    asked: list[Any] = []
    left = list(pages)

    def call(**parameters: Any) -> dict[str, Any]:
        asked.append(parameters.get("NextToken"))
        return left.pop(0)

    return list(paginate(call, "Items", StackSetName="x")), asked


@pytest.mark.parametrize("end", [{}, {"NextToken": None}, {"NextToken": ""}])
def test_a_list_ends_without_a_token_in_each_of_awss_three_forms(end: dict[str, Any]) -> None:
    items, asked = answers({"Items": [1], "NextToken": "a"}, {"Items": [2], **end})
    assert (items, asked) == ([1, 2], [None, "a"])


def test_an_empty_page_with_a_token_is_not_the_end() -> None:
    items, _ = answers({"Items": [], "NextToken": "a"}, {"NextToken": "b"}, {"Items": [3]})
    assert items == [3]


def test_a_list_that_goes_in_circles_is_refused() -> None:
    with pytest.raises(AwsRefused) as caught:
        answers({"Items": [], "NextToken": "a"}, {"Items": [], "NextToken": "a"})
    assert caught.value.code == "A532"
