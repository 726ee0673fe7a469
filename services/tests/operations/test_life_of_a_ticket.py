"""Random lives of a ticket, driven by the verbs and compared with a model that a reader can check by eye."""

import os
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from customers.models import Customer, StaleVersion, User
from services.choices import Priority, TicketStatus
from services.models import Queue, Ticket, TicketEvent
from services.operations.add_note import add_note
from services.operations.change_priority import TicketIsSolved, change_priority
from services.operations.close_ticket import close_ticket
from services.operations.hold_ticket import hold_ticket
from services.operations.pend_ticket import pend_ticket
from services.operations.rate_ticket import rate_ticket
from services.operations.receive_message import receive_message
from services.operations.refresh_clocks import CLOCK_COLUMNS, compute_clocks
from services.operations.reopen_ticket import reopen_ticket
from services.operations.reply_to_ticket import reply_to_ticket
from services.operations.sla_terms import terms_of
from services.operations.solve_ticket import solve_ticket
from services.operations.ticket_change import TicketIsFinal
from services.tests.operations.desk import a_ticket, facts_about
from services.transitions import IllegalTransition, steps_from
from tests.cast import NOW

EXAMPLES = int(os.environ.get("HYPOTHESIS_EXAMPLES", "100"))

MOVES: dict[TicketStatus, Callable[..., Ticket]] = {
    TicketStatus.PENDING: pend_ticket,
    TicketStatus.ON_HOLD: hold_ticket,
    TicketStatus.SOLVED: solve_ticket,
    TicketStatus.OPEN: reopen_ticket,
    TicketStatus.CLOSED: close_ticket,
}
# Said once more, apart from the table of the product: status, then where a move leads from there.
MODEL = {
    "new": {"open", "pending", "on_hold", "solved"},
    "open": {"pending", "on_hold", "solved"},
    "pending": {"open", "on_hold", "solved"},
    "on_hold": {"open", "pending", "solved"},
    "solved": {"open", "closed"},
    "closed": set[str](),
}
GRACE = timedelta(days=14)  # of every queue, unless it says otherwise
waits = st.sampled_from([0, 1, 600, 3600, 4 * 3600, 86_400, 15 * 86_400])


class LifeOfATicket(RuleBasedStateMachine):
    """One ticket, one user, time that only moves on; `status` is the model."""

    customer: Customer
    queue: Queue
    user: User

    @initialize(priority=st.sampled_from(Priority))
    def opened(self, priority: Priority) -> None:
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.at, self.status, self.reopened, self.version = NOW, "new", 0, 1
        self.late: dict[str, Any] = {}
        self.closed_at = NOW
        self.ticket = a_ticket(self.customer, self.queue, priority=priority)

    def teardown(self) -> None:
        if hasattr(self, "undo"):
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    @rule(to=st.sampled_from(list(MOVES)), wait=waits)
    def move(self, to: TicketStatus, wait: int) -> None:
        self.does(MOVES[to], to in MODEL[self.status], IllegalTransition, wait, to=to)

    @rule(to=st.sampled_from([None, *MOVES]), wait=waits)
    def reply(self, to: TicketStatus | None, wait: int) -> None:
        if to is None and self.status == "new":
            to = TicketStatus.OPEN
            self.does(reply_to_ticket, True, IllegalTransition, wait, to=to, body="Yes")
        elif self.status == "closed":
            self.does(reply_to_ticket, False, TicketIsFinal, wait, body="Yes")
        else:
            legal = to in (None, self.status) or to in MODEL[self.status]
            self.does(reply_to_ticket, legal, IllegalTransition, wait, to=to, body="Yes", status_after=to)

    @rule(wait=waits)
    def customer_writes(self, wait: int) -> None:
        if self.status == "closed" and self.at + timedelta(seconds=wait) > self.closed_at + GRACE:
            self.follows_up(wait)
        else:
            to = None if self.status in ("new", "open") else "open"
            self.does(receive_message, True, TicketIsFinal, wait, to=to, body="?")

    def follows_up(self, wait: int) -> None:
        """Too late: the first time a new ticket follows this one up, later that one takes the message."""
        known = list(self.ticket.links_in.values_list("from_ticket", flat=True))
        at = self.at + timedelta(seconds=wait)
        message = receive_message(ticket=self.ticket, by=None, at=at, expected_version=self.version, body="?")
        assert message.ticket != self.ticket and (not known or known == [message.ticket_id])
        if not known:
            self.at, self.version = at, self.version + 1  # the link stands in the history

    @rule(wait=waits)
    def note(self, wait: int) -> None:
        self.does(add_note, self.status != "closed", TicketIsFinal, wait, body="!")

    @rule(to=st.sampled_from(Priority), wait=waits)
    def set_priority(self, to: Priority, wait: int) -> None:
        refusal: type[Exception] = TicketIsFinal if self.status == "closed" else TicketIsSolved
        unchanged = self.ticket.priority == to
        legal = self.status not in ("solved", "closed")
        self.does(change_priority, legal, refusal, wait, changes=not unchanged, priority=to)

    @rule(value=st.integers(1, 5), wait=waits)
    def rate(self, value: int, wait: int) -> None:
        current = self.ticket.ratings.filter(replaced_by=None).values_list("value", flat=True)
        self.does(rate_ticket, True, ValueError, wait, changes=list(current) != [value], value=value)

    @rule(to=st.sampled_from(list(MOVES)))
    def stale(self, to: TicketStatus) -> None:
        with pytest.raises(StaleVersion), transaction.atomic():
            MOVES[to](ticket=self.ticket, by=self.user, at=self.at, expected_version=self.version + 1)

    def does(
        self,
        verb: Callable[..., Any],
        legal: bool,
        refusal: type[Exception],
        wait: int,
        *,
        to: str | None = None,
        changes: bool = True,
        **more: Any,
    ) -> None:
        """Call a verb and move the model, or see it refused with nothing changed."""
        if "priority" in more:
            more["to"] = more.pop("priority")
        given = {"ticket": self.ticket, "by": self.user, "expected_version": self.version, **more}
        if not legal:
            with pytest.raises(refusal), transaction.atomic():
                verb(at=self.at + timedelta(seconds=wait), **given)
            return
        verb(at=self.at + timedelta(seconds=wait), **given)
        if changes:
            self.at += timedelta(seconds=wait)
            self.version += 1
            self.reopened += self.status in ("solved", "closed") and to == "open"
            if to == "closed":
                self.closed_at = self.at
            self.status = to or self.status

    @invariant()
    def everything_agrees(self) -> None:
        if not hasattr(self, "ticket"):
            return
        row = Ticket.objects.get(pk=self.ticket.pk)
        history = list(row.events.all())
        self.row_and_history_agree_with_the_model(row, history)
        self.clocks_equal_recomputation(row, history)
        self.a_breach_is_never_erased(row)
        self.one_fact_each_stands_on_record(row)

    def row_and_history_agree_with_the_model(self, row: Ticket, history: list[TicketEvent]) -> None:
        assert (row.status, row.version, row.reopen_count) == (self.status, self.version, self.reopened)
        assert history[-1].status_after == self.status
        for before, after in pairwise(event.status_after for event in history):
            assert before == after or after in steps_from(before)
        assert (row.solved_at is None) == (self.status not in ("solved", "closed"))

    def clocks_equal_recomputation(self, row: Ticket, history: list[TicketEvent]) -> None:
        clocks = compute_clocks(events=history, terms=terms_of(row), at=self.at)
        assert {name: getattr(row, name) for name in CLOCK_COLUMNS} == asdict(clocks)

    def a_breach_is_never_erased(self, row: Ticket) -> None:
        for name in ("first_reply_breached_at", "resolution_breached_at"):
            known, now = self.late.get(name), getattr(row, name)
            assert known is None or (now is not None and now <= known)
            self.late[name] = now

    def one_fact_each_stands_on_record(self, row: Ticket) -> None:
        facts = facts_about(row)
        assert "Time to reply" in facts
        assert ("Promises kept" in facts) == (self.reopened > 0 or self.status in ("solved", "closed"))


def test_a_ticket_lives_by_the_table(acme: Customer, queue: Queue, ann: User) -> None:
    cast = {"customer": acme, "queue": queue, "user": ann}
    machine = type("TheLife", (LifeOfATicket,), cast)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=10,
            deadline=None,
            derandomize="HYPOTHESIS_EXAMPLES" not in os.environ,
        ),
    )
