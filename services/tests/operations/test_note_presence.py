"""Who is there is said once each, and forgotten after a minute of silence."""

from collections.abc import Callable
from typing import Any

import pytest

from customers.models import Customer, User
from services.choices import PresenceMode
from services.models import Presence, Queue, Ticket
from services.operations.forget_presence import forget_presence, forget_silent
from services.operations.note_presence import note_presence
from services.tests.operations.desk import a_ticket, after
from tests.races import at_once

LOOKS, TYPES = PresenceMode.VIEWING, PresenceMode.TYPING


@pytest.fixture
def ticket(acme: Customer, queue: Queue) -> Ticket:
    return a_ticket(acme, queue)


def here(minutes: float) -> list[tuple[str, str]]:
    return sorted(Presence.objects.here(at=after(minutes=minutes)).values_list("user__username", "mode"))


def test_the_newest_word_of_each_counts(ticket: Ticket, ann: User, otto: User) -> None:
    note_presence(ticket=ticket, user=ann, mode=LOOKS, at=after())
    note_presence(ticket=ticket, user=otto, mode=LOOKS, at=after())
    note_presence(ticket=ticket, user=ann, mode=TYPES, at=after(minutes=0.5))
    assert here(0.5) == [("ann", "typing"), ("otto", "viewing")]
    assert here(1.25) == [("ann", "typing")]
    assert here(1.75) == []


def test_who_leaves_is_gone_and_who_is_silent_is_deleted(ticket: Ticket, ann: User, otto: User) -> None:
    note_presence(ticket=ticket, user=ann, mode=LOOKS, at=after())
    note_presence(ticket=ticket, user=otto, mode=LOOKS, at=after())
    forget_presence(ticket=ticket, user=ann)
    assert here(0) == [("otto", "viewing")]
    assert (forget_silent(at=after(minutes=1)), forget_silent(at=after(minutes=2))) == (0, 1)
    assert not Presence.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_windows_at_the_same_moment_are_one_presence(ticket: Ticket, ann: User) -> None:
    def look() -> Callable[[], Any]:
        return lambda: note_presence(ticket=ticket, user=ann, mode=LOOKS, at=after())

    results = at_once(*(look() for _ in range(6)))
    assert not [result for result in results if isinstance(result, Exception)]
    assert Presence.objects.count() == 1
