"""Which clock matters in a list, and which of them tick."""

from datetime import datetime
from typing import Any

import pytest

from services.admin.clock_faces import next_reply_face, pressing
from services.admin.desk.clocks import pressing_clock, ticking
from services.models import Ticket
from services.tests.operations.desk import after

AT = after(days=5)


def a_ticket(**columns: Any) -> Ticket:
    answered: dict[str, Any] = {"status": "open", "first_replied_at": after(minutes=5)}
    return Ticket(**{**answered, **columns})


@pytest.mark.parametrize("solution", [after(days=9), None])
def test_a_wait_that_is_over_is_no_clock_of_the_list(solution: datetime | None) -> None:
    ticket = a_ticket(next_reply_breached_at=after(hours=1), resolution_due_at=solution)
    face = pressing_clock(ticket, at=AT)
    assert (face.name, face.moment, face.tone) == ("Resolution", solution, "fair" if solution else "")


@pytest.mark.parametrize("solution", [after(days=9), after(hours=1)])  # also at the very moment of the old breach
def test_a_wait_that_is_over_does_not_tick(solution: datetime) -> None:
    ticket = a_ticket(next_reply_breached_at=after(hours=1), resolution_due_at=solution)
    face = next_reply_face(ticket, at=AT)
    assert face is not None
    clock = ticking(face, ticket)
    assert (clock.words, clock.tone, clock.counts) == ("was late once", "bad", "")


@pytest.mark.parametrize(("due", "counts"), [(after(days=4), "late"), (after(days=6), "due")])
def test_a_wait_that_goes_on_ticks(due: datetime, counts: str) -> None:
    ticket = a_ticket(next_reply_breached_at=after(hours=1), next_reply_due_at=due, resolution_due_at=after(days=9))
    clock = pressing_clock(ticket, at=AT)
    assert (clock.name, clock.moment, clock.counts) == ("Next reply", due, counts)


def test_a_late_solution_presses_more_than_a_reply_to_come() -> None:
    ticket = a_ticket(next_reply_due_at=after(days=6), resolution_breached_at=after(days=1))
    assert (pressing(ticket, at=AT).name, pressing(ticket, at=AT).moment) == ("Resolution", after(days=1))


def test_a_solved_ticket_still_tells_what_was_late() -> None:
    ticket = a_ticket(status="solved", solved_at=after(days=1), next_reply_breached_at=after(hours=1))
    clock = pressing_clock(ticket, at=AT)
    assert (clock.words, clock.counts) == ("was late once", "")
