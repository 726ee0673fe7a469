from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.importers.dates import DateEvidence, DateOrder, common_order, date_reader, moment_reader

UTC_ZONE, BERLIN = ZoneInfo("UTC"), ZoneInfo("Europe/Berlin")


def evidence(*texts: str) -> DateEvidence:
    found = DateEvidence()
    for text in texts:
        found.add(text)
    return found


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["2026-01-31", "2026-02-03 10:00"], DateOrder.ISO),
        (["2026/1/31", "2026年1月31日"], DateOrder.ISO),
        (["03/04/2026", "31/01/2026"], DateOrder.DAY),
        (["03/04/2026", "1/31/26 3:05 PM"], DateOrder.MONTH),
        (["03.04.2026"], DateOrder.DAY),
        (["03/04/2026"], DateOrder.UNKNOWN),
        (["05/05/2026"], DateOrder.ISO),
        (["31/01/2026", "01/31/2026"], DateOrder.UNKNOWN),
        ([], DateOrder.ISO),
    ],
)
def test_the_dates_of_a_column_tell_their_order_together(texts: list[str], order: str) -> None:
    assert evidence(*texts).order == order


def test_columns_that_do_not_tell_follow_those_that_do_but_not_where_these_differ() -> None:
    day, month, unknown = evidence("31/01/2026"), evidence("01/31/2026"), evidence("03/04/2026")
    assert common_order([unknown, day]) == DateOrder.DAY
    assert common_order([unknown, day, month]) == ""
    assert common_order([unknown]) == ""


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("2026-01-31", "iso", date(2026, 1, 31)),
        ("20260131", "iso", date(2026, 1, 31)),
        ("2026/1/31", "iso", date(2026, 1, 31)),
        ("2026年1月31日", "iso", date(2026, 1, 31)),
        ("2026-01-31 10:00:00", "iso", date(2026, 1, 31)),
        ("31/1/2026", "day", date(2026, 1, 31)),
        ("31/1/2026", "iso", date(2026, 1, 31)),
        ("03/04/2026", "day", date(2026, 4, 3)),
        ("03/04/2026", "month", date(2026, 3, 4)),
        ("3.4.69", "day", date(1969, 4, 3)),
        ("3.4.68", "day", date(2068, 4, 3)),
        ("31 Jan 2026", "iso", date(2026, 1, 31)),
        ("31-Jan-26", "iso", date(2026, 1, 31)),
        ("January 31st, 2026", "iso", date(2026, 1, 31)),
    ],
)
def test_dates_are_read_as_people_write_them(text: str, order: str, expected: date) -> None:
    assert date_reader(order)(text) == expected


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2026-01-31T22:07:23.000Z", BERLIN, datetime(2026, 1, 31, 22, 7, 23, tzinfo=UTC)),
        ("2024-01-22T14:49:34.000+0000", BERLIN, datetime(2024, 1, 22, 14, 49, 34, tzinfo=UTC)),
        ("2026-01-31 22:07:23", BERLIN, datetime(2026, 1, 31, 21, 7, 23, tzinfo=UTC)),
        ("2026-07-01", BERLIN, datetime(2026, 6, 30, 22, tzinfo=UTC)),
        ("1/31/2026 3:05 PM", UTC_ZONE, datetime(2026, 1, 31, 15, 5, tzinfo=UTC)),
        ("01/31/2026 12:05am", UTC_ZONE, datetime(2026, 1, 31, 0, 5, tzinfo=UTC)),
        ("31.01.2026, 15:05", UTC_ZONE, datetime(2026, 1, 31, 15, 5, tzinfo=UTC)),
        ("2012/10/09 14:50:17.000", UTC_ZONE, datetime(2012, 10, 9, 14, 50, 17, tzinfo=UTC)),
        ("31/01/2026 15:05 +02:00", UTC_ZONE, datetime(2026, 1, 31, 13, 5, tzinfo=UTC)),
    ],
)
def test_times_are_local_where_they_say_no_offset(text: str, zone: ZoneInfo, expected: datetime) -> None:
    assert moment_reader(DateOrder.ISO, zone)(text) == expected


@pytest.mark.parametrize("text", ["soon", "31/31/2026", "2026-02-30", "12", "2026-01-31 25:00", "2026-01-31 13:00 PM"])
def test_what_is_no_date_says_so(text: str) -> None:
    with pytest.raises(ValueError, match="is no date"):
        moment_reader(DateOrder.DAY, UTC_ZONE)(text)


def test_a_date_that_could_be_two_is_never_guessed() -> None:
    with pytest.raises(ValueError, match="“03/04/2026” is no date"):
        date_reader(DateOrder.ISO)("03/04/2026")
    with pytest.raises(ValueError, match="is no date"):
        moment_reader(DateOrder.ISO, UTC_ZONE)("0001-01-01T00:00:00+14:00")


@given(st.dates(min_value=date(1969, 1, 1), max_value=date(2068, 12, 31)))
def test_every_date_comes_back_from_every_way_to_write_it(day: date) -> None:
    assert date_reader("day")(f"{day:%d/%m/%Y}") == day
    assert date_reader("month")(f"{day:%m/%d/%y}") == day
    assert date_reader("iso")(f"{day.year}年{day.month}月{day.day}日") == day
    assert date_reader("iso")(f"{day:%d %b %Y}") == day
