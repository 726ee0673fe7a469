"""The chat: widgets that stand on web sites, and the conversations that visitors have in them."""

import uuid

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.choices import OnMerge
from customers.encryption.fields import EncryptedTextField
from customers.models import Versioned
from customers.querysets import OpenCatalogueQuerySet
from services.models.desk import Calendar, Queue
from services.models.mail import OutboundMail
from services.models.ticket import Message, Ticket
from services.querysets import OfTicketQuerySet


class ChatWidget(Versioned):
    """A chat on web sites: on which, what it says first, and the queue whose tickets its conversations become."""

    # Part of its address; nobody guesses it.
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=100, unique=True)
    queue = models.ForeignKey(Queue, models.PROTECT, verbose_name=_("queue"), related_name="chat_widgets")
    calendar = models.ForeignKey(
        Calendar,
        models.PROTECT,
        verbose_name=_("business hours"),
        null=True,
        blank=True,
        related_name="+",
        help_text=_("When somebody answers at once. Empty: the hours of the queue."),
    )
    origins = models.JSONField(
        _("web sites"),
        default=list,
        blank=True,
        help_text=_("Where it may stand, as https://www.example.com. Browsers refuse it everywhere else."),
    )
    greetings = models.JSONField(_("greetings"), default=dict, blank=True)  # by language; none: words of our own
    colour = models.CharField(
        _("colour"),
        max_length=7,
        default="#0f6e7a",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}\Z", _("Write it as #0f6e7a."))],
    )
    is_active = models.BooleanField(_("active"), default=True)

    audit_leaves_out = frozenset({"key"})

    objects = OpenCatalogueQuerySet["ChatWidget"].as_manager()

    class Meta:
        verbose_name = _("chat widget")
        verbose_name_plural = _("chat widgets")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def hours_of(self) -> Calendar:
        """The calendar that says when somebody answers at once."""
        return self.calendar or self.queue.calendar


class ChatSession(models.Model):
    """A conversation with one visitor, known by a secret of which only a hash is here. Its ticket is opened by the
    first message. What people never edit is not versioned; programs write these columns past one another."""

    # Known before the insert, because the ciphertext is bound to it.
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    widget = models.ForeignKey(ChatWidget, models.CASCADE, verbose_name=_("chat widget"), related_name="sessions")
    # SHA-256 of the widget's key and the visitor's secret.
    digest = models.CharField(max_length=64, unique=True, editable=False)
    # Not one to one: two chats whose tickets were merged go on in one.
    ticket = models.ForeignKey(Ticket, models.SET_NULL, verbose_name=_("ticket"), null=True, related_name="chats")
    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, verbose_name=_("customer"), null=True, related_name="+"
    )
    name = EncryptedTextField(_("name"), null=True, row_key="key")
    email = EncryptedTextField(_("e-mail"), null=True, row_key="key")
    language = models.CharField(_("language"), max_length=12, blank=True)
    page = models.CharField(_("page"), max_length=500, blank=True)  # where they began, without what follows a ?
    started_at = models.DateTimeField(_("started at"))
    heard_at = models.DateTimeField(_("visitor heard of at"))
    typing_at = models.DateTimeField(_("visitor typed at"), null=True)
    seen_at = models.DateTimeField(_("visitor read at"), null=True)
    seen_line = models.PositiveBigIntegerField(default=0, editable=False)  # what was shown to them, up to this line
    agent_seen_at = models.DateTimeField(_("agent read at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)

    on_merge = {"customer": OnMerge.MOVE}

    objects = OfTicketQuerySet["ChatSession"].as_manager()

    class Meta:
        verbose_name = _("chat")
        verbose_name_plural = _("chats")
        ordering = ["-id"]
        indexes = [
            # what is old enough to be forgotten, and whom nobody heard of lately
            models.Index(fields=["heard_at"], name="chat_session_heard"),
        ]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d} {self.pk}"


class ChatLine(models.Model):
    """A message as it stands in a chat. Its key is the place in the stream: of one ticket, lines are written under the
    ticket's lock, so that a later line never has a smaller key than one that was read already."""

    session = models.ForeignKey(ChatSession, models.CASCADE, verbose_name=_("chat"), related_name="lines")
    message = models.ForeignKey(Message, models.CASCADE, verbose_name=_("message"), related_name="chat_lines")
    # Made by the visitor's browser: one that is sent again is the same message. None: it is ours.
    client_key = models.UUIDField(null=True, editable=False)
    # The mail by which it went, since nobody read it here.
    mail = models.ForeignKey(OutboundMail, models.SET_NULL, null=True, editable=False, related_name="chat_lines")

    class Meta:
        verbose_name = _("line of a chat")
        verbose_name_plural = _("lines of chats")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["session", "client_key"], name="chat_line_sent_once"),
            models.UniqueConstraint(fields=["session", "message"], name="chat_line_once"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
