"""Which backups are kept: 7 daily, 4 weekly, 12 monthly, and what must never go."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.backup.keeping import Candidate, Kept, keep

# Nothing is timed: the machine may be busy.
CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
START = datetime(2024, 1, 1, 1, tzinfo=UTC)
ZONES = st.sampled_from(["UTC", "Asia/Shanghai", "America/Los_Angeles", "Europe/London"]).map(ZoneInfo)
KEPT = st.builds(Kept, st.integers(0, 9), st.integers(0, 9), st.integers(0, 14))


@st.composite
def backups(draw: st.DrawFn) -> list[Candidate]:
    minutes = draw(st.lists(st.integers(0, 800 * 24 * 60), max_size=60))
    goodness = st.sampled_from([True, True, True, None, False])
    return [
        Candidate(f"{number:03}", START + timedelta(minutes=at), draw(goodness)) for number, at in enumerate(minutes)
    ]


def nightly(days: int, until: datetime = START + timedelta(days=800)) -> list[Candidate]:
    return [Candidate(str(day), until - timedelta(days=day), True) for day in range(days)]


def test_of_a_year_and_more_of_nights_seven_days_four_weeks_and_twelve_months_are_kept() -> None:
    kept = keep(nightly(800), Kept(), UTC)
    count = {word: sum(word in words for words in kept.values()) for word in ("daily", "weekly", "monthly")}
    assert count == {"daily": 7, "weekly": 4, "monthly": 12}
    assert {name for name, words in kept.items() if "daily" in words} == {str(day) for day in range(7)}
    assert len(kept) <= 23
    assert max(int(name) for name in kept) < 366, "an erased person is gone from all after twelve months"


def test_the_day_is_that_of_the_installation() -> None:
    around_midnight = [
        Candidate("before", datetime(2026, 3, 1, 15, 30, tzinfo=UTC), True),
        Candidate("after", datetime(2026, 3, 1, 16, 30, tzinfo=UTC), True),
    ]
    assert keep(around_midnight, Kept(2, 0, 0), ZoneInfo("Asia/Shanghai")).keys() == {"before", "after"}
    assert keep(around_midnight, Kept(2, 0, 0), UTC).keys() == {"after"}


def test_a_damaged_one_does_not_take_the_place_of_a_good_one() -> None:
    day = [Candidate("good", START, True), Candidate("damaged", START + timedelta(hours=1), False)]
    assert keep(day, Kept(1, 0, 0), UTC).keys() == {"good"}


def test_a_verified_one_stands_for_its_day_before_a_newer_that_was_not_tried() -> None:
    day = [Candidate("good", START, True), Candidate("untried", START + timedelta(hours=1), None)]
    later = Candidate("later", START + timedelta(days=1), True)
    assert keep([*day, later], Kept(7, 0, 0), UTC).keys() == {"good", "later"}


@CALM
@given(backups(), KEPT, ZONES)
def test_never_more_than_was_asked_for_and_two(some: list[Candidate], kept: Kept, zone: ZoneInfo) -> None:
    found = keep(some, kept, zone)
    for word, most in (("daily", kept.days), ("weekly", kept.weeks), ("monthly", kept.months)):
        assert sum(word in words for words in found.values()) <= most
    assert len(found) <= kept.days + kept.weeks + kept.months + 2


@CALM
@given(backups(), KEPT, ZONES)
def test_the_newest_verified_and_the_newest_always_stay_and_damaged_ones_never(
    some: list[Candidate], kept: Kept, zone: ZoneInfo
) -> None:
    found = keep(some, kept, zone)
    usable = sorted((one for one in some if one.is_good is not False), key=lambda one: (one.taken_at, one.name))
    verified = [one for one in usable if one.is_good]
    assert {one.name for one in (*usable[-1:], *verified[-1:])} <= found.keys()
    assert not {one.name for one in some if one.is_good is False} & found.keys()


@CALM
@given(backups(), KEPT, ZONES)
def test_to_tidy_up_twice_is_to_tidy_up_once(some: list[Candidate], kept: Kept, zone: ZoneInfo) -> None:
    found = keep(some, kept, zone)
    assert keep([one for one in some if one.name in found], kept, zone) == found


@CALM
@given(st.integers(1, 500), st.integers(0, 30))
def test_whatever_the_nights_that_were_missed_a_day_that_had_one_has_one_while_it_is_new(days: int, gap: int) -> None:
    """Day by day, as in life: make one, tidy up, and so on."""
    standing: list[Candidate] = []
    for day in range(min(days, 120)):
        if gap and day % (gap + 1) == 0:
            continue
        standing.append(Candidate(f"{day:03}", START + timedelta(days=day), True))
        found = keep(standing, Kept(), UTC)
        standing = [one for one in standing if one.name in found]
    newest = standing[-1].taken_at if standing else START
    assert (
        sum(one.taken_at > newest - timedelta(days=7) for one in standing)
        == len(
            [d for d in range(max(0, (newest - START).days - 6), (newest - START).days + 1) if not gap or d % (gap + 1)]
        )
        or not standing
    )
