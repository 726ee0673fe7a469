"""What makes the demo company's desk look worked on: questions to customers and their answers, tickets that belong
together, time spent, and what the beat and colleagues have told those who log in."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from crm.demo.chance import stream
from crm.demo.presence import SOURCE
from crm.demo.tickets import AGAIN, Question
from customers.models import User
from services.choices import UNSOLVED, LinkKind, TicketStatus
from services.models import Ticket
from services.operations.add_time import add_time
from services.operations.answer_rating_request import answer_rating_request
from services.operations.assign_by_rules import assign_by_rules
from services.operations.assign_ticket import assign_ticket
from services.operations.escalate import escalate
from services.operations.link_tickets import link_tickets
from services.operations.merge_tickets import merge_tickets
from services.operations.open_rating_request import open_rating_request
from services.operations.request_rating import MayNotBeAsked, request_rating
from services.operations.set_parent import set_parent

WORKED_ON = 40  # tickets on which time was spent
STEPS_AT_ONCE = 20
GIVEN, BY_RULES = 3, 3
WORK = ("Phoned the customer", "Looked into the order", "Tried it on the bench", "Asked the workshop", "")


def ask_customers(questions: Sequence[Question]) -> None:
    """Ask about the tickets that were solved of late, and put down what was answered."""
    asked = Ticket.objects.filter(source=SOURCE, source_id__in=[question.ticket_id for question in questions])
    tickets = {ticket.source_id: ticket for ticket in asked}
    for question in questions:
        ticket = tickets[question.ticket_id]
        try:
            request = request_rating(ticket=ticket, by=None, at=question.asked_at)
        except MayNotBeAsked:
            continue
        if question.opened_at is not None:
            open_rating_request(request=request, at=question.opened_at)
        if question.answered_at is not None:
            answer_rating_request(
                request=request, value=question.value, comment=question.comment, at=question.answered_at
            )


def enliven_desk(*, at: datetime) -> None:
    """Tie some tickets together, put down time, have the beat escalate, and give some tickets to those who log in."""
    lead = User.objects.get(username="lead")
    _merge(lead, at)
    _tie(lead, at)
    _spend_time()
    escalate(at=at, most=STEPS_AT_ONCE)
    _give(lead, at)


def _waiting() -> list[Ticket]:
    return list(Ticket.objects.filter(source=SOURCE, status__in=UNSOLVED, parent=None).order_by("-created_at", "pk"))


def _merge(by: User, at: datetime) -> None:
    """What a customer sent twice becomes one ticket."""
    for gone in Ticket.objects.filter(source=SOURCE, source_id__endswith=AGAIN):
        kept = Ticket.objects.get(source=SOURCE, source_id=str(gone.source_id).removesuffix(AGAIN))
        merge_tickets(kept=kept, gone=gone, by=by, at=at)


def _tie(by: User, at: datetime) -> None:
    """One ticket with two parts, one problem with two incidents, and two tickets that are related, if chance has it."""
    of_customer: dict[int, list[Ticket]] = defaultdict(list)
    for ticket in _waiting():
        of_customer[ticket.customer_id].append(ticket)
    groups = sorted(of_customer.values(), key=lambda tickets: (len(tickets), tickets[0].pk))
    pairs = [tickets for tickets in groups if len(tickets) == 2]
    threes = [tickets for tickets in groups if len(tickets) > 2]
    if threes:
        *parts, whole = threes.pop()[:3]
        for part in parts:
            set_parent(ticket=part, parent=whole, by=by, at=at)
    if pairs:
        newer, older = pairs.pop()
        link_tickets(from_ticket=newer, to_ticket=older, kind=LinkKind.RELATED, by=by, at=at)
    alike = [ticket for ticket in _waiting() if ticket.service_type and ticket.service_type.code == "delivery"]
    for incident in alike[1:3]:
        link_tickets(from_ticket=incident, to_ticket=alike[0], kind=LinkKind.INCIDENT, by=by, at=at)


def _spend_time() -> None:
    """Time on the newest tickets that somebody answered, put down when they last did something."""
    rng = stream("time spent")
    worked_on = Ticket.objects.filter(
        source=SOURCE, status__in=[*UNSOLVED, TicketStatus.SOLVED], first_replied_at__isnull=False
    )
    for ticket in worked_on.exclude(assignee=None).select_related("assignee__user").order_by("-pk")[:WORKED_ON]:
        if ticket.assignee is None:
            continue
        moment = ticket.events.latest("at").at
        minutes = rng.choice((5, 10, 10, 15, 20, 30, 45))
        add_time(ticket=ticket, minutes=minutes, note=rng.choice(WORK), by=ticket.assignee.user, at=moment)


def _give(by: User, at: datetime) -> None:
    """Some tickets that nobody has go to the agent who logs in, and some to whom the rules find."""
    agent = User.objects.get(username="agent")
    nobodys = Ticket.objects.visible_to(agent).filter(source=SOURCE, status__in=UNSOLVED, assignee=None)
    tickets = list(nobodys.order_by("-created_at", "pk")[: GIVEN + BY_RULES])
    for ticket in tickets[:GIVEN]:
        assign_ticket(ticket=ticket, to=agent.agent, by=by, at=at)
    for ticket in tickets[GIVEN:]:
        assign_by_rules(ticket=ticket, by=by, at=at, reason="asked")
