"""Days to instants."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jumpcf.estate import times


@pytest.mark.parametrize(
    ("day", "timezone", "ends"),
    [
        ("2027-03-31", "Asia/Tokyo", "2027-03-31T15:00:00Z"),
        ("2027-12-31", "UTC", "2028-01-01T00:00:00Z"),
        ("2028-02-28", "Europe/Berlin", "2028-02-28T23:00:00Z"),
        ("2028-02-29", "America/New_York", "2028-03-01T05:00:00Z"),
        # the night in which clocks go forward, and the one in which they go back
        ("2027-03-27", "Europe/Berlin", "2027-03-27T23:00:00Z"),
        ("2027-03-28", "Europe/Berlin", "2027-03-28T22:00:00Z"),
        ("2027-10-30", "Europe/Berlin", "2027-10-30T22:00:00Z"),
        ("2027-10-31", "Europe/Berlin", "2027-10-31T23:00:00Z"),
        # clocks jumped from 24:00 to 01:00, so there was no midnight: the first instant of the new day
        ("2024-04-25", "Africa/Cairo", "2024-04-25T22:00:00Z"),
        # clocks went from 01:00 back to 00:00, so midnight came twice: the first one
        ("2024-11-02", "America/Havana", "2024-11-03T04:00:00Z"),
        # a day that was never there: Samoa moved across the date line
        ("2011-12-29", "Pacific/Apia", "2011-12-30T10:00:00Z"),
        ("2027-01-01", "Asia/Kathmandu", "2027-01-01T18:15:00Z"),
    ],
)
def test_access_ends_at_the_first_instant_after_the_last_day(day, timezone, ends):
    until = times.until(times.day(day), timezone)
    assert until.ends == ends
    assert until.day.isoformat() == day


@given(
    st.dates(datetime.date(2025, 1, 1), datetime.date(2040, 1, 1)),
    st.sampled_from(["Asia/Tokyo", "Europe/Lisbon", "Africa/Cairo", "America/Havana", "Australia/Lord_Howe"]),
)
def test_the_end_lies_on_the_next_local_day_and_just_before_it_is_still_the_last(day, timezone):
    ends = datetime.datetime.fromisoformat(times.until(day, timezone).ends)
    local = ends.astimezone(times.zone(timezone))
    assert local.date() == day + datetime.timedelta(days=1)
    before = (ends - datetime.timedelta(seconds=1)).astimezone(times.zone(timezone))
    assert before.date() == day


@pytest.mark.parametrize(
    "name", ["Asia/Tokio", "Asia", "", "/etc/localtime", "../zones", "Asia//Tokyo", "zone.tab", "__init__.py"]
)
def test_a_zone_that_does_not_exist_is_refused(name):
    with pytest.raises(ValueError, match="no time zone"):
        times.zone(name)


def test_every_listed_zone_can_be_loaded():
    assert len(times.zones()) > 400
    for name in times.zones():
        assert times.zone(name).key == name


@pytest.mark.parametrize(("text", "seconds"), [("1h", 3600), ("90m", 5400), ("3600s", 3600), ("12h", 43200)])
def test_durations_are_seconds(text, seconds):
    assert times.seconds(text) == seconds
