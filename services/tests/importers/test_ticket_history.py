from datetime import timedelta

import pytest

from services.importers.contents.ticket_history import Told, events_of, notes_of
from services.importers.contents.words import CHANNELS, PRIORITIES, STATUSES, plain, satisfaction_of
from tests.cast import NOW

HOUR = timedelta(hours=1)


def history(status: str, **told: int | bool) -> list[tuple[str, str, int]]:
    """Kind, status and hour of each event; moments are given as hours after the ticket was opened."""
    moments = {name: NOW + value * HOUR for name, value in told.items() if not isinstance(value, bool)}
    events = events_of(Told(status, NOW, **moments))  # type: ignore[arg-type]
    return [(event.kind, event.status_after, (event.at - NOW) // HOUR) for event in events]


OPENED = ("opened", "new", 0)


@pytest.mark.parametrize(
    ("status", "told", "expected"),
    [
        ("new", {}, [OPENED]),
        ("open", {"updated_at": 9}, [OPENED, ("status", "open", 0)]),
        ("pending", {"updated_at": 9}, [OPENED, ("status", "pending", 9)]),
        ("solved", {"solved_at": 5, "updated_at": 9}, [OPENED, ("status", "solved", 5)]),
        ("solved", {"updated_at": 9}, [OPENED, ("status", "solved", 9)]),
        ("solved", {"closed_at": 7, "updated_at": 9}, [OPENED, ("status", "solved", 7)]),
        ("closed", {"closed_at": 7}, [OPENED, ("status", "closed", 7)]),
        ("closed", {"solved_at": 5, "closed_at": 7}, [OPENED, ("status", "solved", 5), ("status", "closed", 7)]),
        ("closed", {"solved_at": 5, "updated_at": 9}, [OPENED, ("status", "solved", 5), ("status", "closed", 9)]),
        ("closed", {}, [OPENED, ("status", "closed", 0)]),
        ("open", {"solved_at": 5, "updated_at": 9}, [OPENED, ("status", "solved", 5), ("reopened", "open", 9)]),
        ("open", {"first_reply_at": 2}, [OPENED, ("agent_reply", "open", 2)]),
        (
            "solved",
            {"first_reply_at": 8, "solved_at": 5},
            [OPENED, ("agent_reply", "open", 5), ("status", "solved", 5)],
        ),
        ("closed", {"closed_at": -7}, [OPENED, ("status", "closed", 0)]),
    ],
)
def test_a_few_moments_make_a_history(status: str, told: dict[str, int], expected: list[tuple[str, str, int]]) -> None:
    assert history(status, **told) == expected


def test_the_opening_says_whether_the_source_tells_of_replies() -> None:
    assert events_of(Told("new", NOW))[0].data == {"replies": False}
    assert events_of(Told("new", NOW, tells_replies=True))[0].data == {}


def test_notes_stand_where_the_ticket_begins_so_that_a_later_export_brings_none_twice() -> None:
    first = notes_of(["a", "b"], Told("new", NOW, updated_at=NOW + HOUR))
    assert notes_of(["a", "b"], Told("closed", NOW, updated_at=NOW + 9 * HOUR)) == first
    assert [message.body for message in first[1]] == ["a", "b"]


def test_words_of_other_systems_are_known_as_they_are_looked_up() -> None:
    for words in (STATUSES, PRIORITIES, CHANNELS):
        assert all(plain(word) == word for word in words)


@pytest.mark.parametrize(
    ("text", "value"), [("Good", 5), ("bad_with_comment", 1), ("4", 4), ("6", None), ("offered", None), ("", None)]
)
def test_what_customers_said_is_a_rating(text: str, value: int | None) -> None:
    assert satisfaction_of(text) == value
