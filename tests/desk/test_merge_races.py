"""The crowd at three tickets that belong together: some merge one into another, others that one into a third, while
everybody answers, takes and edits them. Whatever order this happens in, there is one conversation at the end, in which
all that was acknowledged stands once, and every merge can be undone."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from customers.models import Customer, User
from services.choices import EventKind, TicketStatus
from services.models import Message, Queue, Ticket, TicketMerge
from services.operations.open_ticket import open_ticket
from services.operations.recompute_clocks import recompute_clocks
from services.operations.set_parent import set_parent
from services.operations.undo_ticket_merge import undo_ticket_merge
from tests.desk.crowd import CLIENTS, again, everybody, path

pytestmark = pytest.mark.django_db(transaction=True)

# Whoever comes too late with a verb is told why.
TOO_LATE = {"ticket_is_final", "illegal_transition", "already_taken", "stale"}
LEADING = ((0, 1), (1, 0), (2, 0), (0, 2), (1, 2))  # which goes into which: every circle that three can make


@dataclass
class Heard:
    """What the clients were told."""

    said_to: dict[int, int] = field(default_factory=dict)  # message: the ticket that it was said to
    edits: list[tuple[int, str]] = field(default_factory=list)
    takes: list[tuple[int, str]] = field(default_factory=list)
    merges: list[int] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)

    def count(self, answer: Any) -> bool:
        """Whether it was done; a refusal is counted."""
        if answer.status_code == 200:
            return True
        assert answer.status_code in (409, 412), answer.content
        self.refused[answer.json()["code"]] += 1
        return False


@pytest.fixture
def three(acme: Customer, queue: Queue) -> list[Ticket]:
    """Of two customers, and each with a part of its own."""
    other = Customer.objects.create(kind="organisation", name="Beta", team=acme.team)
    whose = (acme, other, acme)
    tickets = [_open(party, queue, f"Pump {n}") for n, party in enumerate(whose)]
    for number, ticket in enumerate(tickets):
        set_parent(ticket=_open(acme, queue, f"Part {number}"), parent=ticket, by=None, at=timezone.now())
    return list(Ticket.objects.filter(pk__in=[ticket.pk for ticket in tickets]).order_by("pk"))


def _open(customer: Customer, queue: Queue, subject: str) -> Ticket:
    return open_ticket(customer=customer, subject=subject, queue=queue, body="Help", by=None, at=timezone.now())


def rush(agents: list[User], three: list[Ticket]) -> Heard:
    """Each answers all three and takes one, merges two and goes on; and edits one."""
    heard = Heard()

    def reply(api: Any, ticket: Ticket, body: str) -> None:
        answer = again(lambda: api.post(path(ticket, "reply"), {"body": body}))
        if heard.count(answer):
            heard.said_to[answer.json()["id"]] = ticket.pk

    def receive(api: Any, ticket: Ticket, body: str) -> None:
        message = again(lambda: api.post(path(ticket, "receive"), {"body": body})).json()
        heard.said_to[message["id"]] = message["ticket"]

    def merge(api: Any, gone: Ticket, kept: Ticket) -> None:
        given = {"gone": gone.pk, "across_customers": True}
        answer = again(lambda: api.post(path(kept, "merge"), given))
        if heard.count(answer):
            heard.merges.append(answer.json()["id"])

    def edit(api: Any, ticket: Ticket, mine: str) -> None:
        def once() -> Any:
            read = api.get(path(ticket))
            longer = {"subject": f"{read.json()['subject']} {mine}"}
            return api.patch(path(ticket), longer, headers={"If-Match": read.headers["ETag"]})

        while not heard.count(answer := again(once)):
            if answer.json()["code"] != "stale":
                return
        heard.edits.append((ticket.pk, mine))

    def work(user: User, api: Any) -> None:
        number = int(user.username.removeprefix("agent"))
        first, second, third = (three[(number + step) % 3] for step in range(3))
        if heard.count(again(lambda: api.post(path(first, "assign")))):
            heard.takes.append((first.pk, user.username))
        reply(api, first, f"first {number}")
        edit(api, second, f"e{number}")
        if number > CLIENTS // 4:  # the others have said something by now
            gone, kept = LEADING[number % len(LEADING)]
            merge(api, three[gone], three[kept])
        receive(api, third, f"and {number}")
        reply(api, second, f"second {number}")

    everybody(agents, work)
    return heard


def root_of(ticket: Ticket) -> Ticket:
    """The ticket that it went into in the end."""
    seen = {ticket.pk}
    while ticket.merged_into is not None:
        ticket = ticket.merged_into
        assert ticket.pk not in seen, "a circle of merges"
        seen.add(ticket.pk)
    return ticket


def ends(three: list[Ticket]) -> list[Ticket]:
    """The three as they are now."""
    return list(Ticket.objects.filter(pk__in=[ticket.pk for ticket in three]).order_by("pk"))


def test_three_become_one_and_nothing_is_lost_or_doubled(agents: list[User], three: list[Ticket]) -> None:
    opened = dict(Message.objects.filter(ticket__in=three).values_list("pk", "ticket"))
    heard = rush(agents, three)
    assert set(heard.refused) <= TOO_LATE, heard.refused
    rows = ends(three)
    merged = [row for row in rows if row.status == TicketStatus.MERGED]
    assert len(merged) == len(heard.merges) == TicketMerge.objects.count() == 2
    assert len({root_of(row).pk for row in rows}) == 1
    kept = root_of(rows[0])
    # The conversation: what was acknowledged, once, all of it in the ticket that was kept.
    said = dict(Message.objects.filter(ticket__in=three).values_list("pk", "ticket"))
    assert set(said) == set(opened) | set(heard.said_to)
    assert set(said.values()) == {kept.pk}
    assert Message.objects.values("body").distinct().count() == len(heard.said_to) + 1  # the openings say the same
    assert kept.children.count() == 3
    # The rows: one taker each, and every edit.
    for row in rows:
        takers = [who for pk, who in heard.takes if pk == row.pk]
        assert len(takers) <= 1 and [row.assignee.name if row.assignee else ""] == (takers or [""])
        assert row.events.filter(kind=EventKind.ASSIGNED).count() == len(takers)
        assert sorted(row.subject.split()[2:]) == sorted(mine for pk, mine in heard.edits if pk == row.pk)
    assert recompute_clocks(at=timezone.now(), everything=True).changed == 0


def test_undone_each_has_what_was_said_to_it(agents: list[User], three: list[Ticket]) -> None:
    opened = dict(Message.objects.filter(ticket__in=three).values_list("pk", "ticket"))
    heard = rush(agents, three)
    for merge in TicketMerge.objects.order_by("-pk"):
        undo_ticket_merge(merge=merge, by=None, at=timezone.now())
    assert not Ticket.objects.exclude(merged_into=None).exists()
    said = dict(Message.objects.filter(ticket__in=three).values_list("pk", "ticket"))
    assert said == opened | heard.said_to
    for row in ends(three):
        assert row.is_unsolved
        assert [part.subject for part in row.children.all()] == [f"Part {row.subject.split()[1]}"]
        told = row.events.filter(kind__in=(EventKind.AGENT_REPLY, EventKind.CUSTOMER_MESSAGE))
        assert told.count() == row.messages.count() - 1
    assert recompute_clocks(at=timezone.now(), everything=True).changed == 0


def test_one_undoes_it_and_the_others_are_told(agents: list[User], three: list[Ticket]) -> None:
    gone, kept = three[0], three[1]
    api_path = path(kept, "merge")
    everybody(agents, lambda user, api: again(lambda: api.post(api_path, {"gone": gone.pk, "across_customers": True})))
    merge = TicketMerge.objects.get()
    answers = everybody(agents, lambda user, api: again(lambda: api.post(f"/api/v1/ticket-merges/{merge.pk}/undo/")))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: CLIENTS - 1}
    for ticket, row in zip(three, ends(three), strict=True):
        assert (row.status, row.messages.count(), row.children.count()) == (ticket.status, 1, 1)
    assert not Ticket.objects.filter(merged_into=F("pk")).exists()


def test_who_merges_and_who_moves_parts_do_not_wait_for_each_other_in_a_circle(
    agents: list[User], three: list[Ticket]
) -> None:
    parts = list(Ticket.objects.exclude(parent=None).order_by("pk"))

    def work(user: User, api: Any) -> int:
        number = int(user.username.removeprefix("agent"))
        part, to = parts[number % 3], three[(number // 3) % 3]
        moved: Any = again(lambda: api.post(path(part, "parent"), {"parent": to.pk}))
        gone, kept = LEADING[number % len(LEADING)]
        again(lambda: api.post(path(three[kept], "merge"), {"gone": three[gone].pk, "across_customers": True}))
        return int(moved.status_code)

    assert set(everybody(agents, work)) <= {200, 409}
    kept_one = root_of(ends(three)[0])
    assert {part.parent_id for part in Ticket.objects.filter(pk__in=[p.pk for p in parts])} == {kept_one.pk}
