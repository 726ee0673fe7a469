"""What the verbs that tie tickets together take and answer."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from customers.api.fields import Strict, StrictModel, Text, VisibleRow
from customers.filtersets import LARGEST_KEY
from services.api.ticket_serializers import LONGEST_TEXT
from services.choices import LinkKind, Priority, TicketStatus
from services.models import Agent, Queue, Ticket, TicketLink, TicketMerge
from services.operations.bulk import BULK_VERBS

MOST_TICKETS = 200


def key() -> serializers.IntegerField:
    """The key of a row that is looked up among those of the ticket."""
    return serializers.IntegerField(min_value=1, max_value=LARGEST_KEY)


class MergeTicketSerializer(Strict):
    """The ticket that goes into this one."""

    gone = VisibleRow(queryset=Ticket.objects.all())
    across_customers = serializers.BooleanField(default=False, help_text="Also where it is of another customer.")


class TicketMergeSerializer(StrictModel):
    """Two tickets made one: `gone` into `kept`."""

    class Meta:
        model = TicketMerge
        fields = ["id", "kept", "gone", "at", "by", "status_before", "undone_at", "undone_by"]
        read_only_fields = fields


class SplitSerializer(Strict):
    """The message that becomes a ticket of its own, and what that is about (left out: the same)."""

    message = key()
    subject = Text(required=False, max_length=255)


class TicketLinkSerializer(StrictModel):
    """What the first ticket is to the second."""

    class Meta:
        model = TicketLink
        fields = ["id", "from_ticket", "to_ticket", "kind", "created_at", "created_by"]
        read_only_fields = fields


class LinkSerializer(Strict):
    """What this ticket is to another: related to it, or an incident of it."""

    to = VisibleRow(queryset=Ticket.objects.all(), source="to_ticket")
    kind = serializers.ChoiceField(choices=[(kind, kind.label) for kind in (LinkKind.RELATED, LinkKind.INCIDENT)])


class UnlinkSerializer(Strict):
    """The link that goes."""

    link = key()


class ParentSerializer(Strict):
    """The ticket that this one is a part of; null: of none."""

    parent: Any = VisibleRow(queryset=Ticket.objects.all(), allow_null=True)


class ChangeQueueSerializer(Strict):
    """The queue that the ticket goes to."""

    queue = VisibleRow(queryset=Queue.objects.all(), source="to")


class BulkSerializer(Strict):
    """One verb for many tickets, and what it takes: `assignee` (null: nobody) for assign, `priority` for prioritise,
    `queue` for queue, `body` for note and reply, and for reply the status after it."""

    tickets = serializers.ListField(child=key(), min_length=1, max_length=MOST_TICKETS)
    verb = serializers.ChoiceField(choices=sorted(BULK_VERBS))
    assignee = VisibleRow(queryset=Agent.objects.all(), required=False, allow_null=True)
    priority = serializers.ChoiceField(choices=Priority.choices, required=False)
    queue = VisibleRow(queryset=Queue.objects.all(), required=False)
    body = Text(required=False, max_length=LONGEST_TEXT)
    status_after = serializers.ChoiceField(choices=TicketStatus.choices, required=False)

    TAKES = {"assign": "assignee", "prioritise": "priority", "queue": "queue", "note": "body", "reply": "body"}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Just what the verb takes; as the operation calls it."""
        verb, given = attrs["verb"], {name: attrs[name] for name in attrs if name not in ("tickets", "verb")}
        needed = self.TAKES.get(verb)
        allowed = {needed, "status_after" if verb == "reply" else needed}
        wrong = {name: [_("This verb does not take it.")] for name in given if name not in allowed}
        if needed and needed not in given:
            wrong[needed] = [_("This verb needs it.")]
        if wrong:
            raise serializers.ValidationError(wrong)
        if needed in ("assignee", "priority", "queue"):
            given = {"to": given[needed]}
        return {"tickets": attrs["tickets"], "verb": verb, **given}


class OutcomeSerializer(serializers.Serializer[Any]):
    """What came of it for one ticket. `code` and `detail` say why nothing was changed."""

    ticket = serializers.IntegerField()
    done = serializers.BooleanField()
    status = serializers.CharField(allow_blank=True, help_text="Of the ticket, now.")
    code = serializers.CharField(allow_blank=True)
    detail = serializers.CharField(allow_blank=True)


class OutcomesSerializer(serializers.Serializer[Any]):
    """What came of it for each."""

    results = OutcomeSerializer(many=True)
