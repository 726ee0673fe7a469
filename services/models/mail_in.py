"""Mail that came in: the bytes as they came, and what became of them."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.encryption.fields import EncryptedTextField
from customers.models import Leased
from services.choices import MailOutcome
from services.models.mail import Mailbox, OutboundMail
from services.models.ticket import Message, Ticket
from services.querysets import InboundMailQuerySet, OfMessageQuerySet


class InboundMail(Leased):
    """A mail that came to a mailbox. Its bytes lie encrypted beside the attachments, from before anybody looks at them
    until the conversation is forgotten; a loop that leases the row makes of it what it is (see file_mail)."""

    # After 1, 5 and 30 minutes and 2 hours it becomes a ticket that only carries it.
    most_attempts = 5

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    mailbox = models.ForeignKey(Mailbox, models.PROTECT, verbose_name=_("mailbox"), related_name="inbound_mails")
    digest = models.CharField(max_length=64, editable=False)  # SHA-256 of the bytes
    path = models.CharField(max_length=255, editable=False)  # below the folder of attachments; random
    size = models.PositiveIntegerField(_("size, bytes"))
    # Only the beginning was taken: it was larger than we take.
    is_cut = models.BooleanField(_("cut off"), default=False)
    # Where it lay in the folder of the mailbox.
    uid_validity = models.BigIntegerField(null=True, editable=False)
    uid = models.BigIntegerField(null=True, editable=False)
    received_at = models.DateTimeField(_("came in"))
    due_at = models.DateTimeField(editable=False)
    # What makes two mails the same, however they came: set by the first that is filed.
    identity = models.CharField(max_length=64, null=True, unique=True, editable=False)
    sender = EncryptedTextField(_("from"), null=True, editable=False)
    sender_index = models.CharField(max_length=32, blank=True, editable=False)
    subject = EncryptedTextField(_("subject"), null=True, editable=False)

    outcome = models.CharField(_("outcome"), max_length=8, choices=MailOutcome, default=MailOutcome.WAITING)
    # Of an ignored one why; of others what was out of the ordinary: a code of services.admin.mail_in_words.
    reason = models.CharField(_("why"), max_length=32, blank=True)
    error = models.CharField(_("error"), max_length=100, blank=True)  # the name of the exception alone
    filed_at = models.DateTimeField(_("filed at"), null=True, editable=False)
    ticket = models.ForeignKey(
        Ticket, models.SET_NULL, verbose_name=_("ticket"), null=True, editable=False, related_name="inbound_mails"
    )
    message = models.ForeignKey(
        Message, models.SET_NULL, verbose_name=_("message"), null=True, editable=False, related_name="inbound_mails"
    )
    # Of a bounce: what came back.
    outbound = models.ForeignKey(
        OutboundMail, models.SET_NULL, verbose_name=_("came back"), null=True, editable=False, related_name="bounces"
    )

    objects = InboundMailQuerySet["InboundMail"].as_manager()

    class Meta:
        verbose_name = _("inbound mail")
        verbose_name_plural = _("inbound mail")
        ordering = ["-received_at", "-id"]
        constraints = [
            # fetched twice, it is one
            models.UniqueConstraint(fields=["mailbox", "digest"], name="inbound_mail_once"),
        ]
        indexes = [
            # the next to be filed
            models.Index(fields=["state", "due_at"], name="inbound_mail_due"),
            # the list
            models.Index(fields=["-received_at", "-id"], name="inbound_mail_newest"),
            # how many came from one sender of late
            models.Index(fields=["sender_index", "received_at"], name="inbound_mail_sender"),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} {self.received_at:%Y-%m-%d %H:%M}"

    @property
    def is_waiting(self) -> bool:
        """Whether it is still to be filed."""
        return self.outcome == MailOutcome.WAITING


class MessageMail(models.Model):
    """What a message that came by mail has beyond its text: what it quotes, its HTML (clean), from whom and to whom."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    message = models.OneToOneField(Message, models.CASCADE, related_name="came_as")
    folded = models.TextField(_("quoted text"), blank=True)
    html = models.TextField(_("HTML"), blank=True)
    sender = EncryptedTextField(_("from"), null=True)
    copies = EncryptedTextField(_("copies to"), null=True)  # addresses, one a line
    # From an address that none of the ticket's parties had.
    is_stranger = models.BooleanField(_("from somebody else"), default=False)
    # The HTML's names of its pictures to the keys of the attachments.
    pictures = models.JSONField(default=dict, blank=True)

    objects = OfMessageQuerySet["MessageMail"].as_manager()

    class Meta:
        verbose_name = _("mail of a message")
        verbose_name_plural = _("mail of messages")

    def __str__(self) -> str:
        return f"{self.message_id}"

    @property
    def copied(self) -> list[str]:
        """Who else got it."""
        return (self.copies or "").splitlines()


# What is waiting, or was given up by a worker that died.
UNFILED = Q(outcome=MailOutcome.WAITING)
