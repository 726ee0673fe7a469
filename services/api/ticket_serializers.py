"""What the verbs of a ticket take and answer."""

from typing import Any

from rest_framework import serializers

from customers.api.fields import Attributes, Strict, StrictModel, Text, VisibleRow
from services.choices import Channel, Priority, RatingScale, TicketStatus
from services.models import Agent, Message, SatisfactionRating, Ticket
from services.operations.rating_links import without_links

LONGEST_TEXT = 100_000


class TicketSerializer(StrictModel):
    """A ticket with its clocks. Seconds are business time."""

    attributes = Attributes(required=False)

    class Meta:
        model = Ticket
        fields = [
            "id",
            "number",
            "subject",
            "customer",
            "requester",
            "service_type",
            "channel",
            "queue",
            "team",
            "priority",
            "assignee",
            "status",
            "policy",
            "attributes",
            "parent",
            "merged_into",
            "created_at",
            "updated_at",
            "first_replied_at",
            "first_reply_seconds",
            "first_reply_due_at",
            "first_reply_breached_at",
            "next_reply_due_at",
            "next_reply_breached_at",
            "solved_at",
            "resolution_seconds",
            "resolution_due_at",
            "resolution_breached_at",
            "reopen_count",
            "version",
        ]
        read_only_fields = [name for name in fields if name not in {"subject", "service_type", "attributes"}]


class OpenTicketSerializer(StrictModel):
    """A request for service. `body` is the customer's first message."""

    channel = serializers.ChoiceField(choices=Channel.choices, default=Channel.API)
    body = Text(required=False, allow_blank=True, max_length=LONGEST_TEXT)
    attributes = Attributes(required=False)

    class Meta:
        model = Ticket
        fields = [
            "customer",
            "requester",
            "subject",
            "body",
            "queue",
            "channel",
            "priority",
            "service_type",
            "assignee",
            "attributes",
        ]


class MessageSerializer(StrictModel):
    """One thing that was said: a public reply, or an internal note."""

    class Meta:
        model = Message
        fields = [
            "id",
            "ticket",
            "kind",
            "direction",
            "body",
            "author",
            "customer",
            "at",
            "is_automatic",
            "delivery_status",
        ]
        read_only_fields = fields

    def to_representation(self, instance: Message) -> dict[str, Any]:
        """As colleagues read it: the links of a question for a rating are the customer's alone."""
        shown: dict[str, Any] = super().to_representation(instance)
        return {**shown, "body": without_links(shown["body"])}


class RatingSerializer(StrictModel):
    """What a customer said of a ticket or an order."""

    class Meta:
        model = SatisfactionRating
        fields = ["id", "customer", "ticket", "order", "scale", "value", "comment", "at"]
        read_only_fields = fields


class AssignSerializer(Strict):
    """The agent who is to have the ticket; null: nobody. Left out: you take it yourself."""

    assignee = VisibleRow(queryset=Agent.objects.all(), required=False, allow_null=True, source="to")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "to" in attrs:
            return attrs
        mine = Agent.objects.filter(user=self.context["request"].user).first()
        if mine is None:
            raise serializers.ValidationError({"assignee": [self.fields["assignee"].error_messages["required"]]})
        return {**attrs, "to": mine}


class PrioritiseSerializer(Strict):
    """The new priority."""

    priority = serializers.ChoiceField(choices=Priority.choices, source="to")


class SaySerializer(Strict):
    """A text."""

    body = Text(max_length=LONGEST_TEXT)


class WriteSerializer(SaySerializer):
    """A text, and the keys of files that you uploaded for a message of this kind."""

    files = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=20)


class ReplySerializer(WriteSerializer):
    """A public reply, and the status the ticket has after it. Left out: a new ticket becomes open."""

    status_after = serializers.ChoiceField(choices=TicketStatus.choices, required=False)


class RateSerializer(Strict):
    """What the customer says of the service."""

    scale = serializers.ChoiceField(choices=RatingScale.choices, default=RatingScale.CSAT)
    value = serializers.IntegerField(min_value=0, max_value=10, help_text="Within the bounds of the scale.")
    comment = Text(required=False, allow_blank=True, max_length=LONGEST_TEXT)
