"""What a user was told of tickets."""

from typing import Any

from django.utils import timezone
from django_filters import FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import Reads, ScopedViewSet
from customers.api.fields import Strict, StrictModel
from customers.filtersets import YesNoFilter
from services.models import Notification
from services.operations.read_notifications import read_notifications

MOST_AT_ONCE = 500


class NotificationFilterSet(FilterSet):
    """By whether they were read."""

    unread = YesNoFilter(field_name="read_at", lookup_expr="isnull")

    class Meta:
        model = Notification
        fields: list[str] = []


class NotificationSerializer(StrictModel):
    """Something you were told of a ticket."""

    class Meta:
        model = Notification
        fields = ["id", "ticket", "kind", "detail", "at", "read_at"]
        read_only_fields = fields


class ReadSerializer(Strict):
    """Which of them; left out: all."""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1), required=False, max_length=MOST_AT_ONCE
    )


class ReadCountSerializer(serializers.Serializer[Any]):
    """How many were unread until now."""

    read = serializers.IntegerField()


class NotificationViewSet(Reads, ScopedViewSet):
    """What you were told of tickets in your sight, newest first."""

    queryset = Notification.objects.all()
    serializer_class = NotificationSerializer
    filterset_class = NotificationFilterSet
    needs = "services.view_ticket"
    inputs = {"read": ReadSerializer}

    @extend_schema(request=ReadSerializer, responses=ReadCountSerializer)
    @action(detail=False, methods=["post"], filter_backends=[], pagination_class=None)
    def read(self, request: Request) -> Response:
        """Mark them as read."""
        given = self.validated()
        return Response({"read": read_notifications(user=self.user, at=timezone.now(), ids=given.get("ids"))})
