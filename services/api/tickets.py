from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import Changes, Creates, Reads, ScopedViewSet
from customers.api.fields import NothingSerializer
from customers.api.idempotency import once
from customers.api.pagination import Keyset
from customers.api.schema import HappenedSerializer
from services.api import ticket_serializers as shapes
from services.api.rating_requests import RatingRequestSerializer
from services.filtersets import TicketFilterSet
from services.models import Message, Ticket, TicketEvent
from services.operations.assign_by_rules import assign_by_rules
from services.operations.assign_ticket import assign_ticket
from services.operations.change_priority import change_priority
from services.operations.close_ticket import close_ticket
from services.operations.hold_ticket import hold_ticket
from services.operations.keep_note import keep_note
from services.operations.open_ticket import open_ticket
from services.operations.pend_ticket import pend_ticket
from services.operations.rate_ticket import rate_ticket
from services.operations.receive_message import receive_message
from services.operations.reopen_ticket import reopen_ticket
from services.operations.request_rating import request_rating
from services.operations.revise_ticket import revise_ticket
from services.operations.send_reply import send_reply
from services.operations.solve_ticket import solve_ticket

verb: Any = {"detail": True, "methods": ["post"], "is_verb": True}

EVENTS_TOLD = 10


def _told(event: TicketEvent) -> dict[str, Any]:
    return {
        "id": event.pk,
        "kind": event.kind,
        "at": event.at,
        "by": _name(event.actor) if event.actor else None,
        "status_after": event.status_after,
    }


def _name(user: Any) -> str:
    agent = getattr(user, "agent", None)
    return str(agent.name if agent else user.get_full_name() or user.get_username())


class TicketViewSet(Reads, Creates, Changes, ScopedViewSet):
    """Tickets, and what can be done with them. Verbs take If-Match where you want to act on what you read alone."""

    queryset = Ticket.objects.all()
    serializer_class = shapes.TicketSerializer
    filterset_class = TicketFilterSet
    ordering_fields = ("created_at", "resolution_due_at", "first_reply_due_at", "next_reply_due_at")
    inputs = {
        "create": shapes.OpenTicketSerializer,
        "assign": shapes.AssignSerializer,
        "prioritise": shapes.PrioritiseSerializer,
        "reply": shapes.ReplySerializer,
        "note": shapes.WriteSerializer,
        "receive": shapes.SaySerializer,
        "rate": shapes.RateSerializer,
        **dict.fromkeys(
            ["assign_by_rules", "request_rating", "pend", "hold", "solve", "close", "reopen"], NothingSerializer
        ),
    }

    def make(self, **values: Any) -> Ticket:
        """Open through the operation."""
        return open_ticket(**values, require_attributes=True, by=self.user, at=timezone.now())

    def change(self, row: Ticket, expected: int | None, **values: Any) -> None:
        """Correct through the operation."""
        revise_ticket(
            ticket=row,
            changes=values,
            require_attributes="attributes" in values,
            by=self.user,
            expected_version=expected,
            at=timezone.now(),
        )

    def happened(self, row: Ticket) -> dict[str, Any]:
        """The latest events. Which of them the caller has seen, a version does not tell; their times do."""
        if not self.user.has_perm("services.view_ticketevent"):
            return {}
        latest = row.events.select_related("actor__agent").order_by("-at", "-pk")[:EVENTS_TOLD]
        return {"events": HappenedSerializer(map(_told, latest), many=True).data}

    @extend_schema(responses=shapes.MessageSerializer(many=True))
    @action(
        detail=True,
        serializer_class=shapes.MessageSerializer,
        needs="services.view_message",
        parameters=Keyset.parameters,
        filter_backends=[],
        ordering_fields=(),
    )
    def messages(self, request: Request, pk: str) -> Response:
        """The conversation with its internal notes, newest first (`ordering=id`: oldest first)."""
        said = Message.objects.visible_to(self.user).filter(ticket=self.get_object())
        return self.get_paginated_response([self.shown(message) for message in self.paginate_queryset(said) or ()])

    @action(**verb)
    @once
    def assign(self, request: Request, pk: str) -> Response:
        """Give the ticket to an agent, take it, or give it back. Taking what somebody else has is a 409."""
        return self.act(assign_ticket, by=self.user)

    @action(**verb, url_path="assign-by-rules")
    @once
    def assign_by_rules(self, request: Request, pk: str) -> Response:
        """Have the assignment rules decide who gets the ticket; who has it now is not asked."""
        return self.act(assign_by_rules, by=self.user, reason="asked")

    @action(**verb)
    @once
    def prioritise(self, request: Request, pk: str) -> Response:
        """Change the priority of an unsolved ticket."""
        return self.act(change_priority, by=self.user)

    @action(**verb, serializer_class=shapes.MessageSerializer, needs="services.add_message")
    @once
    def reply(self, request: Request, pk: str) -> Response:
        """Answer the customer. Answers the message."""
        return self.act(send_reply, by=self.user)

    @action(**verb, serializer_class=shapes.MessageSerializer, needs="services.add_message")
    @once
    def note(self, request: Request, pk: str) -> Response:
        """Write an internal note. Answers the message."""
        return self.act(keep_note, by=self.user)

    @action(**verb, serializer_class=shapes.MessageSerializer, needs="services.add_message")
    @once
    def receive(self, request: Request, pk: str) -> Response:
        """Enter what the customer said. A pending, held or solved ticket opens again. Answers the message."""
        return self.act(receive_message, by=self.user)

    @action(**verb, serializer_class=shapes.RatingSerializer, needs="services.add_satisfactionrating")
    @once
    def rate(self, request: Request, pk: str) -> Response:
        """Enter what the customer says of the service; it replaces what they said before. Answers the rating."""
        return self.act(rate_ticket, by=self.user)

    @action(
        **verb, url_path="request-rating", serializer_class=RatingRequestSerializer, needs="services.add_ratingrequest"
    )
    @once
    def request_rating(self, request: Request, pk: str) -> Response:
        """Ask the customer of a solved ticket for a rating, by a link in the conversation. Answers the request."""
        return self.act(request_rating, by=self.user)

    @action(**verb)
    @once
    def pend(self, request: Request, pk: str) -> Response:
        """Wait for the customer."""
        return self.act(pend_ticket, by=self.user)

    @action(**verb)
    @once
    def hold(self, request: Request, pk: str) -> Response:
        """Wait for somebody else."""
        return self.act(hold_ticket, by=self.user)

    @action(**verb)
    @once
    def solve(self, request: Request, pk: str) -> Response:
        """Say that the request is done."""
        return self.act(solve_ticket, by=self.user)

    @action(**verb)
    @once
    def reopen(self, request: Request, pk: str) -> Response:
        """Take up work again."""
        return self.act(reopen_ticket, by=self.user)

    @action(**verb)
    @once
    def close(self, request: Request, pk: str) -> Response:
        """Close a solved ticket for good."""
        return self.act(close_ticket, by=self.user)
