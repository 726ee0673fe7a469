import pytest

from customers.matching.dates import date_digits, date_similarity


@pytest.mark.parametrize(
    "written", ["1980-05-03", "19800503", "1980/5/3", "3.5.1980", "03/05/1980", "1980年5月3日", "1980-05-03T00:00:00"]
)
def test_dates_are_read_as_people_write_them(written: str) -> None:
    assert date_digits(written) == "19800503"


@pytest.mark.parametrize("written", ["", None, "May 1980", "1980", 0, "n/a"])
def test_what_is_no_date_is_none(written: object) -> None:
    assert date_digits(written) == ""


@pytest.mark.parametrize("other", ["19800504", "19800530", "19800305", "19900503", "19080503"])
def test_a_slip_is_nearly_the_same(other: str) -> None:
    assert date_similarity("19800503", other) == date_similarity(other, "19800503") == 0.9


@pytest.mark.parametrize("other", ["19710503", "19811224", "20000503"])
def test_another_day_is_another(other: str) -> None:
    assert date_similarity("19800503", other) == 0.0


def test_a_missing_one_is_not_compared() -> None:
    assert date_similarity("19800503", "") is None
