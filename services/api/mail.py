"""Mailboxes and the mail that leaves through them, over the API."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import CatalogueViewSet, Reads, ScopedViewSet
from customers.api.fields import NothingSerializer, StrictModel, Text
from customers.api.idempotency import once
from customers.api.pagination import Pages
from services.choices import MailPurpose
from services.filtersets.mail import OutboundMailFilterSet
from services.models import Mailbox, MailTemplate, OutboundMail
from services.operations.mail_problems import problem_in_words
from services.operations.rating_links import without_links
from services.operations.resend_mail import resend_mail
from services.operations.write_mail_template import write_mail_template


class KeyedByUuid(ScopedViewSet):
    """Rows whose key is a UUID."""

    def get_object(self) -> Any:
        try:
            key = UUID(self.kwargs["pk"])
        except ValueError as error:
            raise NotFound from error
        row = get_object_or_404(self.get_queryset(), pk=key)
        self.check_object_permissions(self.request, row)
        return row


class MailboxSerializer(StrictModel):
    """An address of ours, and whether it works. Its servers and secrets are set up in the admin."""

    send_problem = serializers.SerializerMethodField()
    fetch_problem = serializers.SerializerMethodField()

    class Meta:
        model = Mailbox
        fields = [
            *("id", "name", "address", "sender_name", "queue", "is_default", "language", "is_active"),
            *("acknowledges", "quotes", "names_agent", "fetch_method", "sent_at", "send_problem"),
            *("fetched_at", "fetch_problem", "version"),
        ]
        read_only_fields = fields

    def get_send_problem(self, mailbox: Mailbox) -> str:
        """Why sending fails, in a sentence; empty where it does not."""
        return problem_in_words(mailbox.send_error)

    def get_fetch_problem(self, mailbox: Mailbox) -> str:
        """Why fetching fails, in a sentence; empty where it does not."""
        return problem_in_words(mailbox.fetch_error)


class MailboxViewSet(Reads, KeyedByUuid):
    """Mailboxes, without their servers and secrets."""

    queryset = Mailbox.objects.order_by("name")
    serializer_class = MailboxSerializer
    pagination_class = Pages


class OutboundMailSerializer(StrictModel):
    """A mail that is to be sent, was sent, or did not arrive. Of a text that was deleted, subject and body are null."""

    ticket = serializers.IntegerField(source="message.ticket_id", read_only=True, allow_null=True, default=None)
    body = serializers.SerializerMethodField()
    problem_text = serializers.SerializerMethodField()

    class Meta:
        model = OutboundMail
        fields = [
            *("id", "mailbox", "purpose", "customer", "user", "ticket", "message", "recipient", "sender_name"),
            *("subject", "body", "is_automatic", "internet_id", "state", "attempts", "written_at", "due_at"),
            *("sent_at", "bounced_at", "problem", "problem_text"),
        ]
        read_only_fields = fields

    @extend_schema_field({"type": "string", "nullable": True})
    def get_body(self, mail: OutboundMail) -> str | None:
        """As it was sent; links that are the customer's alone are left out."""
        return None if mail.body is None else without_links(mail.body)

    def get_problem_text(self, mail: OutboundMail) -> str:
        """The problem in a sentence; empty where there is none."""
        return problem_in_words(mail.problem)


class OutboundMailViewSet(Reads, KeyedByUuid):
    """Mail about tickets and customers in sight, newest first."""

    queryset = OutboundMail.objects.select_related("message")
    serializer_class = OutboundMailSerializer
    filterset_class = OutboundMailFilterSet
    ordering_fields = ("written_at",)
    usual_ordering = "-written_at"
    inputs = {"resend": NothingSerializer}

    @extend_schema(request=NothingSerializer, responses=OutboundMailSerializer)
    @action(detail=True, methods=["post"], is_verb=True, needs="services.add_message")
    @once
    def resend(self, request: Request, pk: str) -> Response:
        """Send a mail that failed or came back once more, to the address on record now. Any other is refused (409)."""
        mail = self.get_object()
        self.validated()
        return self.answer(resend_mail(mail=mail, by=self.user, at=timezone.now()).pk)


class MailTemplateSerializer(StrictModel):
    """How mail of one kind reads in one language. Placeholders, such as {ticket.number}, are filled in for each."""

    event = serializers.ChoiceField(choices=MailPurpose.choices)
    body = Text(max_length=20_000)

    class Meta:
        model = MailTemplate
        fields = ["id", "event", "language", "subject", "body", "is_active", "version"]
        read_only_fields = ["version"]


class MailTemplateViewSet(CatalogueViewSet):
    """Templates of mail. Where there is none, mail reads as it comes."""

    queryset = MailTemplate.objects.all()
    serializer_class = MailTemplateSerializer

    def make(self, **values: Any) -> MailTemplate:
        """Create through the operation."""
        return write_mail_template(template=MailTemplate(), changes=values, at=timezone.now())

    def change(self, row: Any, expected: int | None, **values: Any) -> None:
        """Update through the operation."""
        write_mail_template(template=row, changes=values, at=timezone.now(), expected_version=expected)
