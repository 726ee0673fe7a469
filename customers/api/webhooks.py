"""Webhooks: set up, tested, and what was sent to them."""

import json
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import CatalogueViewSet
from customers.api.fields import Attributes, Moment, NothingSerializer, Strict, StrictModel, Text, VisibleRow
from customers.api.idempotency import once
from customers.api.locking import etag_headers, expected_version
from customers.choices import LeaseState
from customers.filtersets import LARGEST_KEY
from customers.models import Team, Webhook, WebhookDelivery
from customers.operations.emit import forget_heard
from customers.operations.ping_webhook import ping_webhook
from customers.operations.remove_row import remove_row
from customers.operations.replay_deliveries import replay_deliveries
from customers.operations.resume_webhook import resume_webhook
from customers.operations.rotate_secret import rotate_secret
from customers.operations.write_webhook import write_webhook
from customers.tasks import deliver_after_commit
from customers.wire.destination import LONGEST_URL

MOST_AT_ONCE = 500


class WebhookSerializer(StrictModel):
    """An address that is told what happens. `failures` counts those since the last delivery that arrived; a webhook
    that fails for an hour is paused."""

    url = Text(max_length=LONGEST_URL)
    events = serializers.ListField(child=serializers.CharField(max_length=40), max_length=100)
    team = VisibleRow(queryset=Team.objects.all(), required=False, allow_null=True)
    headers = Attributes(
        required=False, write_only=True, help_text="Sent with each delivery, by name. They are not shown again."
    )
    header_names = serializers.SerializerMethodField()

    class Meta:
        model = Webhook
        fields = [
            "id",
            "name",
            "url",
            "events",
            "team",
            "owner",
            "is_active",
            "headers",
            "header_names",
            "old_secret_until",
            "paused_at",
            "failures",
            "failing_since",
            "delivered_at",
            "problem",
            "version",
            "created_at",
        ]
        read_only_fields = [
            "owner",
            "old_secret_until",
            "paused_at",
            "failures",
            "failing_since",
            "delivered_at",
            "problem",
            "version",
            "created_at",
        ]

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_header_names(self, webhook: Webhook) -> list[str]:
        return sorted(json.loads(webhook.headers))


class WebhookWithSecretSerializer(WebhookSerializer):
    """The same with the secret, which is shown this once."""

    secret = serializers.CharField(read_only=True)

    class Meta(WebhookSerializer.Meta):
        fields = [*WebhookSerializer.Meta.fields, "secret"]


class DeliverySerializer(StrictModel):
    """Something that is, or was, told. `status` and `problem` are those of the last try. `id` in what is sent, and
    X-Candid-Delivery, are `key` here; `sequence` is `id`."""

    class Meta:
        model = WebhookDelivery
        fields = [
            "id",
            "key",
            "event",
            "object_type",
            "object_id",
            "data",
            "state",
            "attempts",
            "status",
            "duration_ms",
            "problem",
            "at",
            "due_at",
            "settled_at",
        ]
        read_only_fields = fields


class ReplaySerializer(Strict):
    """These deliveries; or, without `ids`, all that were given up, since a moment where one is given."""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=LARGEST_KEY), required=False, max_length=MOST_AT_ONCE
    )
    since = Moment(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Not both."""
        if "ids" in attrs and "since" in attrs:
            raise serializers.ValidationError(_("Send ids or since, not both."))
        return attrs


class ReplayCountSerializer(serializers.Serializer[Any]):
    """How many are sent again."""

    replayed = serializers.IntegerField()


DELIVERY_FILTERS = {"state": "state", "event": "event", "since": "at__gte"}


class DeliveryQuerySerializer(Strict):
    """How deliveries are narrowed down: by what became of them, by event, and since when."""

    state = serializers.ChoiceField(choices=LeaseState.choices, required=False)
    event = Text(max_length=40, required=False)
    since = Moment(required=False)


class WebhookViewSet(CatalogueViewSet):
    """Webhooks. The secret that signs is answered when a webhook is made, and when it is replaced, and never again."""

    queryset = Webhook.objects.of_events()
    serializer_class: Any = WebhookSerializer
    inputs = {
        "rotate": NothingSerializer,
        "ping": NothingSerializer,
        "resume": NothingSerializer,
        "replay": ReplaySerializer,
    }

    @extend_schema(responses={201: WebhookWithSecretSerializer})
    @once
    def create(self, request: Request) -> Response:
        """Make one. Whoever makes or changes it owns it: it is told no more than they may see."""
        webhook, _secret = self._write(Webhook(), None, self.validated())
        return self._with_secret(webhook, status=status.HTTP_201_CREATED)

    def change(self, row: Webhook, expected: int | None, **values: Any) -> None:
        """Update through the operation."""
        self._write(row, expected, values)

    def destroy(self, request: Request, pk: str) -> Response:
        row = self.get_object()
        remove_row(row=row, expected_version=expected_version(request), at=timezone.now())
        forget_heard()
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=NothingSerializer, responses=WebhookWithSecretSerializer)
    @action(detail=True, methods=["post"], is_verb=True)
    @once
    def rotate(self, request: Request, pk: str) -> Response:
        """Replace the secret. For a day both sign, so that the other side may change in its own time."""
        webhook = self.get_object()
        self.validated()
        rotate_secret(webhook=webhook, expected_version=expected_version(request, required=False), at=timezone.now())
        return self._with_secret(webhook, status=status.HTTP_200_OK)

    @extend_schema(request=NothingSerializer, responses={202: DeliverySerializer})
    @action(detail=True, methods=["post"], is_verb=True, serializer_class=DeliverySerializer)
    @once
    def ping(self, request: Request, pk: str) -> Response:
        """Send a test event. Look at the deliveries for what became of it."""
        webhook = self.get_object()
        webhook.require_version(expected_version(request, required=False))
        self.validated()
        delivery = ping_webhook(webhook=webhook, at=timezone.now())
        deliver_after_commit()
        return Response(DeliverySerializer(delivery).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(request=NothingSerializer, responses=WebhookSerializer)
    @action(detail=True, methods=["post"], is_verb=True)
    @once
    def resume(self, request: Request, pk: str) -> Response:
        """Go on with a webhook that was paused."""
        response = self.act(resume_webhook)
        deliver_after_commit()
        return response

    @extend_schema(responses=DeliverySerializer(many=True), parameters=[DeliveryQuerySerializer])
    @action(
        detail=True,
        needs="customers.view_webhookdelivery",
        filter_backends=[],
        parameters=("state", "event", "since", "page", "page_size"),
    )
    def deliveries(self, request: Request, pk: str) -> Response:
        """What was told to it, and what waits, newest first."""
        rows = WebhookDelivery.objects.visible_to(self.user).filter(webhook=self.get_object())
        asked = {name: value for name, value in request.query_params.items() if name in DELIVERY_FILTERS}
        query = DeliveryQuerySerializer(data=asked)
        query.is_valid(raise_exception=True)
        rows = rows.filter(**{DELIVERY_FILTERS[name]: value for name, value in query.validated_data.items()})
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(DeliverySerializer(page, many=True).data)

    @extend_schema(request=ReplaySerializer, responses=ReplayCountSerializer)
    @action(detail=True, methods=["post"], is_verb=True, serializer_class=ReplayCountSerializer)
    @once
    def replay(self, request: Request, pk: str) -> Response:
        """Send deliveries again, with the ids that they had."""
        webhook = self.get_object()
        webhook.require_version(expected_version(request, required=False))
        count = replay_deliveries(webhook=webhook, at=timezone.now(), **self.validated())
        deliver_after_commit()
        return Response({"replayed": count})

    def _write(self, webhook: Webhook, expected: int | None, values: dict[str, Any]) -> tuple[Webhook, str]:
        return write_webhook(
            webhook=webhook, changes=values, by=self.user, expected_version=expected, at=timezone.now()
        )

    def _with_secret(self, webhook: Webhook, *, status: int) -> Response:
        shown = WebhookWithSecretSerializer(webhook, context=self.get_serializer_context()).data
        return Response(shown, status=status, headers={**etag_headers(webhook), "Cache-Control": "no-store"})
