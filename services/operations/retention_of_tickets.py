"""What the retention rule for texts of tickets is about: tickets that were solved long ago, and are still."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from customers.choices import RetentionKind
from customers.operations.redact import TOMBSTONE
from customers.operations.retention_kinds import Old, register_retention
from services.choices import UNSOLVED
from services.models import Attachment, InboundMail, Message, MessageMail, OutboundMail, Ticket
from services.operations.erasure_of_tickets import forget_with_transaction


def old_tickets(cutoff: datetime) -> Any:
    """Tickets that were solved before."""
    return Ticket.objects.filter(solved_at__lt=cutoff).exclude(status__in=UNSOLVED)


def _messages(cutoff: datetime) -> Any:
    return Message.objects.filter(ticket__in=old_tickets(cutoff)).exclude(body=TOMBSTONE)


def _mails(cutoff: datetime) -> Any:
    return OutboundMail.objects.filter(message__ticket__in=old_tickets(cutoff), body__isnull=False)


def _files(cutoff: datetime) -> Any:
    return Attachment.objects.filter(ticket__in=old_tickets(cutoff))


def _subjects(cutoff: datetime) -> Any:
    return old_tickets(cutoff).exclude(subject=TOMBSTONE)


def _forget_messages(keys: Sequence[Any]) -> object:
    return Message.objects.filter(pk__in=keys).update(body=TOMBSTONE)


def _forget_mails(keys: Sequence[Any]) -> object:
    emptied = dict.fromkeys(("recipient", "subject", "body", "in_reply_to", "references"))
    return OutboundMail.objects.filter(pk__in=keys).update(**emptied)


def _forget_files(keys: Sequence[Any]) -> object:
    rows = Attachment.objects.filter(pk__in=keys)
    for path in rows.values_list("path", flat=True):
        forget_with_transaction(path)
    return rows.delete()


def _quotes(cutoff: datetime) -> Any:
    return MessageMail.objects.filter(message__ticket__in=old_tickets(cutoff))


def _forget_quotes(keys: Sequence[Any]) -> object:
    return MessageMail.objects.filter(pk__in=keys).delete()


def _inbound(cutoff: datetime) -> Any:
    of_ticket = Q(message=None, ticket__in=old_tickets(cutoff)) | Q(message__ticket__in=old_tickets(cutoff))
    return InboundMail.objects.filter(of_ticket)


def _lost_mails(cutoff: datetime) -> Any:
    """Mail that became part of no ticket."""
    return InboundMail.objects.filter(message=None, ticket=None, received_at__lt=cutoff, filed_at__isnull=False)


def _forget_inbound(keys: Sequence[Any]) -> object:
    rows = InboundMail.objects.filter(pk__in=keys)
    for path in rows.values_list("path", flat=True):
        forget_with_transaction(path)
    return rows.delete()


def _forget_subjects(keys: Sequence[Any]) -> object:
    return Ticket.objects.filter(pk__in=keys).update(subject=TOMBSTONE, attributes={})


def register_retention_of_tickets() -> None:
    """Messages, their mail, files, then subjects and custom attributes: figures and events stay."""
    register_retention(
        RetentionKind.TICKET_TEXTS,
        Old(_messages, "ticket__solved_at", _forget_messages),
        Old(_mails, "message__ticket__solved_at", _forget_mails),
        Old(_files, "ticket__solved_at", _forget_files),
        Old(_quotes, "message__ticket__solved_at", _forget_quotes),
        Old(_inbound, "received_at", _forget_inbound),
        Old(_lost_mails, "received_at", _forget_inbound),
        Old(_subjects, "solved_at", _forget_subjects),
    )
