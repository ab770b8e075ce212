import datetime

import pytest

from jumpcf.artifacts.instants import instant, utc


def test_an_instant_of_any_zone_is_written_in_utc_in_whole_seconds() -> None:
    there = datetime.timezone(datetime.timedelta(hours=5, minutes=30))
    assert utc(datetime.datetime(2027, 3, 31, 4, 0, 0, 999_999, tzinfo=there)) == "2027-03-30T22:30:00Z"


def test_what_is_written_is_read_back() -> None:
    at = datetime.datetime(2027, 3, 31, 15, tzinfo=datetime.UTC)
    assert instant(utc(at)) == at


@pytest.mark.parametrize("text", ["2027-02-30T00:00:00Z", "2027-03-31", "2027-03-31T15:00:00+00:00", ""])
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        instant(text)
