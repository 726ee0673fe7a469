"""Four weeks of a desk: tickets that were answered soon or late, solved, reopened, rated, or not. Always the same."""

import random
from datetime import timedelta
from typing import Any

from customers.models import Customer, User
from services.choices import Priority
from services.models import Queue, RatingRequest, Ticket
from services.operations.assign_ticket import assign_ticket
from services.operations.open_ticket import open_ticket
from services.operations.rate_ticket import rate_ticket
from services.operations.receive_message import receive_message
from services.operations.reply_to_ticket import reply_to_ticket
from services.operations.solve_ticket import solve_ticket
from tests.cast import NOW

DAYS = 28


def make_busy(customer: Customer, queues: list[Queue], agents: list[User], *, tickets: int = 40) -> None:
    """Tickets from NOW on, over four weeks."""
    rng = random.Random(20261126)
    for number in range(tickets):
        _one(rng, number, customer, rng.choice(queues), rng.choice([*agents, None]))


def _one(rng: random.Random, number: int, customer: Customer, queue: Queue, who: Any) -> None:
    at = NOW + timedelta(minutes=rng.randrange(DAYS * 24 * 60))
    given: dict[str, Any] = {"subject": f"T{number}", "body": "Help", "priority": rng.choice(Priority.values)}
    ticket = open_ticket(customer=customer, queue=queue, by=None, at=at, **given)

    def later(hours: float) -> Any:
        nonlocal at
        at += timedelta(hours=hours)
        return {"ticket": Ticket.objects.get(pk=ticket.pk), "at": at}

    if who is not None:
        assign_ticket(**later(0.1), to=who.agent, by=who)
    if rng.random() < 0.2:
        return
    reply_to_ticket(**later(rng.expovariate(1 / 6)), body="Let us see", by=who)
    if rng.random() < 0.4:
        receive_message(**later(rng.expovariate(1 / 8)), body="And?", by=None)
        reply_to_ticket(**later(rng.expovariate(1 / 10)), body="Soon", by=who)
    if rng.random() < 0.2:
        return
    solve_ticket(**later(rng.expovariate(1 / 30)), by=who)
    _ask(rng, ticket, at)
    if rng.random() < 0.3:
        receive_message(**later(rng.expovariate(1 / 40)), body="It is broken again", by=None)
        if rng.random() < 0.6:
            solve_ticket(**later(rng.expovariate(1 / 20)), by=who)


def _ask(rng: random.Random, ticket: Ticket, at: Any) -> None:
    if rng.random() < 0.3:
        return
    request = RatingRequest(ticket=ticket, customer_id=ticket.customer_id, requested_at=at)
    request.expires_at = at + timedelta(days=14)
    if rng.random() < 0.5:
        answered = at + timedelta(hours=3)
        given: dict[str, Any] = {"ticket": Ticket.objects.get(pk=ticket.pk), "by": None, "at": answered}
        rate_ticket(value=rng.randint(1, 5), **given)
        if rng.random() < 0.3:
            rate_ticket(value=5, **given)
        request.answered_at = answered
    request.save()
