"""Messaging channels: set up, and something said by one."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import CatalogueViewSet
from customers.api.fields import Attributes, NothingSerializer, Strict, StrictModel, Text, VisibleRow
from customers.api.idempotency import once
from customers.api.locking import etag_headers, expected_version
from customers.api.webhooks import DeliverySerializer
from customers.tasks import deliver_after_commit
from customers.wire.destination import LONGEST_URL
from services.models import MessagingChannel, Queue
from services.operations.inbound_address import inbound_address
from services.operations.notify_channel import notify_channel
from services.operations.remove_channel import remove_channel
from services.operations.rotate_inbound_secret import rotate_inbound_secret
from services.operations.write_channel import Written, write_channel

LONGEST_NOTICE = 4000


class ChannelSerializer(StrictModel):
    """A messenger. Messages come in at `inbound_url`, signed; answers and notices go to `url`."""

    queue = VisibleRow(queryset=Queue.objects.all(), required=False, allow_null=True)
    mapping = Attributes(required=False)
    url = Text(max_length=LONGEST_URL, required=False, allow_blank=True, write_only=True, help_text="Empty: none.")
    headers = Attributes(required=False, write_only=True)
    host = serializers.CharField(source="webhook.host", read_only=True, default="", help_text="Of url.")
    webhook = serializers.IntegerField(source="webhook_id", read_only=True, allow_null=True)
    inbound_url = serializers.SerializerMethodField()

    class Meta:
        model = MessagingChannel
        fields = [
            "id",
            "name",
            "adapter",
            "queue",
            "signature",
            "prefix",
            "mapping",
            "is_active",
            "url",
            "headers",
            "host",
            "webhook",
            "inbound_url",
            "version",
        ]
        read_only_fields = ["version"]

    def get_inbound_url(self, channel: MessagingChannel) -> str:
        return inbound_address(channel)


class ChannelWithSecretsSerializer(ChannelSerializer):
    """The same with the secrets that were made, which are shown this once; empty where none was."""

    secret = serializers.CharField(help_text="Signs what goes out.")
    inbound_secret = serializers.CharField(help_text="Signs what comes in.")

    class Meta(ChannelSerializer.Meta):
        fields = [*ChannelSerializer.Meta.fields, "secret", "inbound_secret"]
        read_only_fields = ["version", "secret", "inbound_secret"]


class NoticeSerializer(Strict):
    """What is said to all who read the channel."""

    text = Text(max_length=LONGEST_NOTICE)


class ChannelViewSet(CatalogueViewSet):
    """Messaging channels: Slack, WeChat Work, or a bridge to any messenger."""

    queryset = MessagingChannel.objects.select_related("webhook")
    serializer_class: Any = ChannelSerializer
    inputs = {"rotate": NothingSerializer, "notify": NoticeSerializer}

    @extend_schema(responses={201: ChannelWithSecretsSerializer})
    @once
    def create(self, request: Request) -> Response:
        """Make one."""
        written = self._write(MessagingChannel(), None, self.validated())
        return self._with_secrets(written, status=status.HTTP_201_CREATED)

    @extend_schema(responses=ChannelWithSecretsSerializer)
    def update(self, request: Request, pk: str, *, partial: bool = False) -> Response:
        """Change one. A queue or an address that it did not have makes a secret."""
        row = self.get_object()
        expected = expected_version(request)
        row.require_version(expected)
        return self._with_secrets(self._write(row, expected, self.validated(row, partial=partial)), status=200)

    @extend_schema(responses=ChannelWithSecretsSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        return self.update(request, pk, partial=True)

    def destroy(self, request: Request, pk: str) -> Response:
        remove_channel(channel=self.get_object(), expected_version=expected_version(request), at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=NothingSerializer, responses=ChannelWithSecretsSerializer)
    @action(detail=True, methods=["post"], is_verb=True)
    @once
    def rotate(self, request: Request, pk: str) -> Response:
        """Replace the secret of what comes in, at once."""
        channel = self.get_object()
        self.validated()
        expected = expected_version(request, required=False)
        row, secret = rotate_inbound_secret(channel=channel, expected_version=expected, at=timezone.now())
        return self._with_secrets(Written(row, inbound_secret=secret), status=200)

    @extend_schema(request=NoticeSerializer, responses={202: DeliverySerializer})
    @action(detail=True, methods=["post"], is_verb=True, serializer_class=DeliverySerializer)
    @once
    def notify(self, request: Request, pk: str) -> Response:
        """Say something to all who read the channel."""
        channel = self.get_object()
        channel.require_version(expected_version(request, required=False))
        delivery = notify_channel(channel=channel, at=timezone.now(), **self.validated())
        deliver_after_commit()
        return Response(DeliverySerializer(delivery).data, status=status.HTTP_202_ACCEPTED)

    def _write(self, channel: MessagingChannel, expected: int | None, values: dict[str, Any]) -> Written:
        return write_channel(
            channel=channel, changes=values, by=self.user, expected_version=expected, at=timezone.now()
        )

    def _with_secrets(self, written: Written, *, status: int) -> Response:
        secrets = {"secret": written.secret, "inbound_secret": written.inbound_secret}
        headers = {**etag_headers(written.channel), "Cache-Control": "no-store"}
        return Response({**self.shown(written.channel), **secrets}, status=status, headers=headers)
