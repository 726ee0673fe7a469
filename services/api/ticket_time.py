from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import ScopedViewSet
from customers.api.fields import StrictModel
from customers.api.idempotency import once
from customers.api.locking import expected_version
from services.models import Ticket, TimeEntry
from services.operations.add_time import MOST_MINUTES, add_time


class TimeEntrySerializer(StrictModel):
    """Time that somebody spent on a ticket. Below zero: taken back."""

    minutes = serializers.IntegerField(min_value=-MOST_MINUTES, max_value=MOST_MINUTES)

    class Meta:
        model = TimeEntry
        fields = ["id", "ticket", "user", "minutes", "note", "at"]
        read_only_fields = ["ticket", "user", "at"]


class TimeSpentSerializer(serializers.Serializer[Any]):
    """All entries of a ticket, and their sum."""

    minutes = serializers.IntegerField(help_text="In all.")
    results = TimeEntrySerializer(many=True)


class TicketTimeViewSet(ScopedViewSet):
    """Time spent on one ticket."""

    queryset = Ticket.objects.all()
    serializer_class = TimeSpentSerializer
    inputs = {"add": TimeEntrySerializer}

    @property
    def needs(self) -> str:  # type: ignore[override]
        """The permission to read entries, or to add one."""
        return f"services.{'view' if self.request.method in SAFE_METHODS else 'add'}_timeentry"

    @extend_schema(responses=TimeSpentSerializer)
    @action(detail=True, filter_backends=[], is_verb=True)
    def time(self, request: Request, pk: str) -> Response:
        """All that was put down, oldest first, with the sum in minutes."""
        ticket = self.get_object()
        entries = TimeEntry.objects.visible_to(self.user).filter(ticket=ticket)
        return Response(self.shown({"minutes": ticket.minutes_spent(), "results": entries}))

    @extend_schema(responses={201: TimeEntrySerializer})
    @time.mapping.post
    @once
    def add(self, request: Request, pk: str) -> Response:
        """Put down minutes that you spent on it. Answers the entry."""
        entry = add_time(
            ticket=self.get_object(),
            **self.validated(),
            by=self.user,
            at=timezone.now(),
            expected_version=expected_version(request, required=False),
        )
        answer = TimeEntrySerializer(entry, context=self.get_serializer_context())
        return Response(answer.data, status=status.HTTP_201_CREATED)
