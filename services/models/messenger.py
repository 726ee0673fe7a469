"""Messaging channels: where messages of messengers come in, where answers and notices go out."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.choices import OnMerge
from customers.encryption.fields import EncryptedTextField
from customers.models import Versioned, Webhook
from customers.querysets import OpenCatalogueQuerySet
from services.choices import AdapterKind, SignatureKind
from services.models.desk import Queue
from services.models.ticket import Message, Ticket


class MessagingChannel(Versioned):
    """A messenger, or a room of one. With a queue it takes messages in; with a webhook, which has its address and its
    secret, it sends. What is sent is written as the adapter says."""

    # Part of the address at which messages come in; known before the insert, because the secret is bound to it.
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=100, unique=True)
    adapter = models.CharField(_("understands"), max_length=10, choices=AdapterKind, default=AdapterKind.GENERIC)
    webhook = models.OneToOneField(
        Webhook, models.SET_NULL, null=True, editable=False, related_name="messaging_channel"
    )
    queue = models.ForeignKey(
        Queue,
        models.PROTECT,
        verbose_name=_("queue"),
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Where messages that come in become tickets. Empty: nothing comes in."),
    )
    signature = models.CharField(_("signature"), max_length=6, choices=SignatureKind, default=SignatureKind.CANDID)
    inbound_secret = EncryptedTextField(null=True, editable=False, row_key="key")
    prefix = models.CharField(
        _("prefix of senders"),
        max_length=40,
        blank=True,
        help_text=_("Put before the sender’s id, so that two messengers never mix up their people: “telegram:”."),
    )
    mapping = models.JSONField(
        _("where it stands"),
        default=dict,
        blank=True,
        help_text=_("Where text, sender, name, conversation and id stand in what comes in: {“text”: “message.text”}."),
    )
    is_active = models.BooleanField(_("active"), default=True)

    audit_leaves_out = frozenset({"key"})
    audit_hides = frozenset({"inbound_secret"})

    objects = OpenCatalogueQuerySet["MessagingChannel"].as_manager()

    class Meta:
        verbose_name = _("messaging channel")
        verbose_name_plural = _("messaging channels")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class MessengerConversation(models.Model):
    """A conversation of a channel: who it is with, and the ticket that it goes on in."""

    # Known before the insert, because the ciphertext is bound to it.
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    channel = models.ForeignKey(MessagingChannel, models.CASCADE, related_name="conversations")
    digest = models.CharField(max_length=32, editable=False)  # keyed hash of the id that the messenger has for it
    address = EncryptedTextField(row_key="key")  # that id: where an answer goes
    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, verbose_name=_("customer"), null=True, related_name="+"
    )
    ticket = models.ForeignKey(
        Ticket, models.SET_NULL, verbose_name=_("ticket"), null=True, related_name="conversations"
    )

    on_merge = {"customer": OnMerge.MOVE}

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        constraints = [models.UniqueConstraint(fields=["channel", "digest"], name="messenger_conversation_once")]

    def __str__(self) -> str:
        return str(self.pk)


class MessengerReceipt(models.Model):
    """A message that came in by a channel, by a hash of the id that the messenger has for it: one that comes twice is
    one message."""

    channel = models.ForeignKey(MessagingChannel, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    message = models.ForeignKey(Message, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        constraints = [models.UniqueConstraint(fields=["channel", "digest"], name="messenger_receipt_once")]

    def __str__(self) -> str:
        return str(self.pk)
