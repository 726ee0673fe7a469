"""What every stretch of a ticket's time was to its clocks."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import ScopedViewSet
from services.choices import SLAClock
from services.models import Ticket
from services.operations.refresh_clocks import clock_events, compute_clocks, reply_target
from services.operations.sla_terms import terms_of
from services.sla.clock import TapeKind, resolution_seconds, tape


class StretchSerializer(serializers.Serializer[Any]):
    """A stretch of time: counted by the clock of the resolution, paused, or outside business hours."""

    kind = serializers.ChoiceField(choices=[kind.value for kind in TapeKind])
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()


class TargetSerializer(serializers.Serializer[Any]):
    """A clock: what is promised in seconds of business time (null: nothing), when it is due, since when it is late."""

    clock = serializers.ChoiceField(choices=SLAClock.values)
    target_seconds = serializers.IntegerField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    breached_at = serializers.DateTimeField(allow_null=True)


class TapeSerializer(serializers.Serializer[Any]):
    """The clocks of a ticket at a moment, computed from its history, and the tape of the clock of its resolution,
    without the times when it was solved."""

    at = serializers.DateTimeField()
    counted_seconds = serializers.FloatField(help_text="Business time that the clock of the resolution has counted.")
    clocks = TargetSerializer(many=True)
    tape = StretchSerializer(many=True)


class TicketTapeViewSet(ScopedViewSet):
    """The tape of one ticket."""

    queryset = Ticket.objects.all()
    serializer_class = TapeSerializer
    needs = "services.view_ticket"

    @extend_schema(responses=TapeSerializer)
    @action(detail=True, filter_backends=[], pagination_class=None)
    def tape(self, request: Request, pk: str) -> Response:
        """Counted, paused and closed hours from the ticket's history until now."""
        ticket, at = self.get_object(), timezone.now()
        events, terms = list(ticket.events.all()), terms_of(ticket)
        history, clocks = clock_events(events), compute_clocks(events=events, terms=terms, at=at)
        targets = {"first_reply": reply_target(events, terms), "next_reply": terms.next_reply}
        told = {
            "at": at,
            "counted_seconds": resolution_seconds(history, terms.hours, at),
            "clocks": [
                {
                    "clock": name,
                    "target_seconds": targets.get(name, terms.resolution),
                    "due_at": getattr(clocks, f"{name}_due_at"),
                    "breached_at": getattr(clocks, f"{name}_breached_at"),
                }
                for name in SLAClock.values
            ],
            "tape": [{"kind": i.kind.value, "start": i.start, "end": i.end} for i in tape(history, terms.hours, at)],
        }
        return Response(self.shown(told))
