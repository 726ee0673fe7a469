"""What ties tickets to each other: merges, splits, links, parts, incidents. And many at once."""

import re
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import Reads, ScopedViewSet
from customers.api.fields import NothingSerializer
from customers.api.idempotency import once
from customers.api.locking import etag_headers, expected_version
from customers.api.pagination import Keyset
from services.api import tie_serializers as shapes
from services.api.ticket_serializers import SaySerializer, TicketSerializer
from services.filtersets import TicketMergeFilterSet
from services.models import Ticket, TicketLink, TicketMerge
from services.operations.bulk import BULK_VERBS, Outcome, bulk
from services.operations.change_queue import change_queue
from services.operations.link_tickets import link_tickets
from services.operations.merge_tickets import merge_tickets
from services.operations.set_parent import set_parent
from services.operations.solve_problem import incidents_of, solve_problem
from services.operations.split_ticket import split_ticket
from services.operations.undo_ticket_merge import undo_ticket_merge
from services.operations.unlink_tickets import unlink_tickets

verb: Any = {"detail": True, "methods": ["post"], "is_verb": True}


class TicketTiesViewSet(ScopedViewSet):
    """Verbs on more than one ticket. What is named in a request must be in sight."""

    queryset = Ticket.objects.all()
    serializer_class: Any = TicketSerializer
    inputs = {
        "merge": shapes.MergeTicketSerializer,
        "split": shapes.SplitSerializer,
        "link": shapes.LinkSerializer,
        "unlink": shapes.UnlinkSerializer,
        "parent": shapes.ParentSerializer,
        "queue": shapes.ChangeQueueSerializer,
        "solve_problem": SaySerializer,
        "bulk": shapes.BulkSerializer,
    }

    @action(**verb, serializer_class=shapes.TicketMergeSerializer, needs="services.add_ticketmerge")
    @once
    def merge(self, request: Request, pk: str) -> Response:
        """Merge another ticket into this one. Of another customer only with `across_customers`. Answers the merge."""
        self._require_change()
        ticket = self.get_object()
        expected = expected_version(request, required=False)
        merge = merge_tickets(
            kept=ticket, **self.validated(), by=self.user, at=timezone.now(), expected_version=expected
        )
        return Response(self.shown(merge))

    @extend_schema(responses={201: TicketSerializer})
    @action(detail=True, methods=["post"], is_verb=True, needs="services.add_ticket")
    @once
    def split(self, request: Request, pk: str) -> Response:
        """Have one message become a ticket of its own, linked with this one. Answers the new ticket."""
        self._require_change()
        ticket = self.get_object()
        given = self.validated()
        message = ticket.messages.filter(pk=given.pop("message")).first()
        if message is None:
            raise serializers.ValidationError({"message": [_("This ticket has no such message.")]})
        expected = expected_version(request, required=False)
        new = split_ticket(message=message, **given, by=self.user, at=timezone.now(), expected_version=expected)
        return self.answer(new.pk, status=status.HTTP_201_CREATED)

    @extend_schema(responses=shapes.TicketLinkSerializer(many=True))
    @action(
        detail=True,
        serializer_class=shapes.TicketLinkSerializer,
        needs="services.view_ticketlink",
        parameters=Keyset.parameters,
        filter_backends=[],
        ordering_fields=(),
    )
    def links(self, request: Request, pk: str) -> Response:
        """How this ticket and others in sight belong together."""
        found = self._links(self.get_object())
        return self.get_paginated_response([self.shown(link) for link in self.paginate_queryset(found) or ()])

    @action(**verb, serializer_class=shapes.TicketLinkSerializer, needs="services.add_ticketlink")
    @once
    def link(self, request: Request, pk: str) -> Response:
        """Say what this ticket is to another. A link that is there already is answered as it is."""
        ticket = self.get_object()
        expected = expected_version(request, required=False)
        link = link_tickets(
            from_ticket=ticket, **self.validated(), by=self.user, at=timezone.now(), expected_version=expected
        )
        return Response(self.shown(link))

    @action(**verb, needs="services.change_ticketlink")
    @once
    def unlink(self, request: Request, pk: str) -> Response:
        """Take a link away. Answers the ticket."""
        ticket = self.get_object()
        ticket.require_version(expected_version(request, required=False))
        link = self._links(ticket).filter(pk=self.validated()["link"]).first()
        if link is None:
            raise serializers.ValidationError({"link": [_("This ticket has no such link.")]})
        unlink_tickets(link=link, by=self.user, at=timezone.now())
        return self.answer(ticket.pk)

    @action(**verb)
    @once
    def parent(self, request: Request, pk: str) -> Response:
        """Make this ticket a part of another, or (null) of none."""
        return self.act(set_parent, by=self.user)

    @action(**verb)
    @once
    def queue(self, request: Request, pk: str) -> Response:
        """Move an unsolved ticket to another queue, whose team sees it from then on."""
        return self.act(change_queue, by=self.user)

    @extend_schema(responses=shapes.OutcomesSerializer)
    @action(**verb, url_path="solve-problem", serializer_class=shapes.OutcomesSerializer, needs="services.add_message")
    @once
    def solve_problem(self, request: Request, pk: str) -> Response:
        """Answer a problem and its unsolved incidents in sight with the same public reply, and solve them all."""
        ticket = self.get_object()
        seen = Ticket.objects.visible_to(self.user).filter(pk__in=incidents_of(ticket).values("pk"))
        outcomes = solve_problem(
            ticket=ticket,
            **self.validated(),
            incidents=seen,
            by=self.user,
            at=timezone.now(),
            expected_version=expected_version(request, required=False),
        )
        return Response(self.shown({"results": [told(outcome) for outcome in outcomes]}))

    @extend_schema(responses=shapes.OutcomesSerializer)
    @action(detail=False, methods=["post"], serializer_class=shapes.OutcomesSerializer)
    @once
    def bulk(self, request: Request) -> Response:
        """Do one verb to many tickets, each by itself. One that refuses keeps no other from being done: the answer
        says of each what came of it, in the order of their keys."""
        given = self.validated()
        asked, name = given.pop("tickets"), given.pop("verb")
        if "body" in BULK_VERBS[name][1] and not self.user.has_perm("services.add_message"):
            raise PermissionDenied
        tickets = list(Ticket.objects.visible_to(self.user).filter(pk__in=asked))
        outcomes = bulk(tickets=tickets, verb=name, **given, by=self.user, at=timezone.now())
        missing = sorted(set(asked) - {ticket.pk for ticket in tickets})
        results = [told(outcome) for outcome in outcomes] + [not_there(key) for key in missing]
        return Response(self.shown({"results": sorted(results, key=lambda result: result["ticket"])}))

    def _links(self, ticket: Ticket) -> Any:
        visible = Ticket.objects.visible_to(self.user).values("pk")
        mine = TicketLink.objects.filter(Q(from_ticket=ticket) | Q(to_ticket=ticket))
        return mine.filter(from_ticket__in=visible, to_ticket__in=visible)

    def _require_change(self) -> None:
        if not self.user.has_perm("services.change_ticket"):
            raise PermissionDenied


class TicketMergeViewSet(Reads, ScopedViewSet):
    """Which tickets were merged into which, when and by whom."""

    queryset = TicketMerge.objects.all()
    serializer_class = shapes.TicketMergeSerializer
    filterset_class = TicketMergeFilterSet
    inputs = {"undo": NothingSerializer}

    @action(detail=True, methods=["post"])
    @once
    def undo(self, request: Request, pk: str) -> Response:
        """Make two of one again: what went over and still stands goes back, what came since stays."""
        merge = self.get_object()
        self.validated()
        if not self.user.has_perm("services.change_ticket"):
            raise PermissionDenied
        undone = undo_ticket_merge(merge=merge, by=self.user, at=timezone.now())
        return Response(self.shown(undone), headers=etag_headers(undone))


def told(outcome: Outcome) -> dict[str, Any]:
    """What came of a verb for one ticket, for programs and for people."""
    ticket, refused = outcome.ticket, outcome.refused
    return {
        "ticket": ticket.pk,
        "done": refused is None,
        "status": ticket.status,
        "code": code_of(refused) if refused else "",
        "detail": str(refused) if refused else "",
    }


def not_there(key: int) -> dict[str, Any]:
    """The same of a ticket that is not in sight."""
    return {"ticket": key, "done": False, "status": "", "code": "not_found", "detail": _("There is no such ticket.")}


def code_of(refused: Exception) -> str:
    """The code of a refusal, as the problem of a single verb would have it: TicketIsFinal, ticket_is_final."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(refused).__name__).lower()
