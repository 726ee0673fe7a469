"""What agents leave on tickets while they work: time, files, drafts, who is there; and what they are told."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Audited, Team, Versioned
from services.choices import MessageKind, NotificationKind, PresenceMode, Priority, SLAClock, TicketStatus
from services.models.phone import PhoneCall
from services.models.rules import EscalationStep
from services.models.ticket import Message, Ticket
from services.querysets import (
    DeskViewQuerySet,
    MacroQuerySet,
    NotificationQuerySet,
    OfTicketQuerySet,
    OwnOfTicketQuerySet,
    PresenceQuerySet,
)


class TimeEntry(Audited):
    """Time that somebody spent on a ticket. Append-only: a mistake is corrected by an entry below zero."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, verbose_name=_("ticket"), related_name="time_entries")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), related_name="+")
    minutes = models.IntegerField(_("minutes"))
    note = models.CharField(_("note"), max_length=255, blank=True)
    at = models.DateTimeField(_("at"))

    audit_through = ("ticket",)

    objects = OfTicketQuerySet["TimeEntry"].as_manager()

    class Meta:
        verbose_name = _("time spent")
        verbose_name_plural = _("time spent")
        ordering = ["at", "id"]
        constraints = [models.CheckConstraint(condition=~Q(minutes=0), name="time_entry_of_some_minutes")]

    def __str__(self) -> str:
        return f"{self.minutes} min"

    def audit_customers(self) -> list[int | None]:
        """Those of the ticket."""
        return [self.ticket.customer_id, self.ticket.requester_id]


class Attachment(Audited):
    """A file of a message, or of one that is being written (no message yet). `kind` is that of the message: a file of
    a note never goes out with a reply."""

    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    ticket = models.ForeignKey(Ticket, models.CASCADE, verbose_name=_("ticket"), related_name="attachments")
    message = models.ForeignKey(
        Message, models.CASCADE, verbose_name=_("message"), null=True, blank=True, related_name="attachments"
    )
    kind = models.CharField(_("kind"), max_length=5, choices=MessageKind, default=MessageKind.NOTE)
    name = models.CharField(_("file name"), max_length=255)
    content_type = models.CharField(_("content type"), max_length=100)
    size = models.PositiveIntegerField(_("size, bytes"))
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=255, editable=False)  # below the folder of attachments; random
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("by"), null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(_("at"))

    audit_leaves_out = frozenset({"path", "key"})
    audit_through = ("ticket",)

    objects = OfTicketQuerySet["Attachment"].as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return self.name

    def audit_customers(self) -> list[int | None]:
        """Those of the ticket."""
        return [self.ticket.customer_id, self.ticket.requester_id]


class Draft(models.Model):
    """What somebody has typed and not sent, so that a reload or a broken connection loses nothing. A reply and a note
    to one ticket are two drafts: neither ever becomes the other."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, verbose_name=_("ticket"), related_name="drafts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("by"), related_name="+")
    kind = models.CharField(_("kind"), max_length=5, choices=MessageKind, default=MessageKind.REPLY)
    body = models.TextField(_("text"), blank=True)
    updated_at = models.DateTimeField(_("updated at"))

    objects = OwnOfTicketQuerySet["Draft"].as_manager()

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [models.UniqueConstraint(fields=["ticket", "user", "kind"], name="draft_once")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.user_id}"


class Presence(models.Model):
    """Who has a ticket open, and whether they type. Forgotten when nothing was heard for a while."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, verbose_name=_("ticket"), related_name="presences")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("who"), related_name="+")
    mode = models.CharField(_("mode"), max_length=7, choices=PresenceMode, default=PresenceMode.VIEWING)
    seen_at = models.DateTimeField(_("seen at"))

    objects = PresenceQuerySet["Presence"].as_manager()

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presences")
        constraints = [models.UniqueConstraint(fields=["ticket", "user"], name="presence_once")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.user_id}"


class Macro(Versioned):
    """A canned action: a text with placeholders, and what becomes of the ticket when it is used."""

    name = models.CharField(_("name"), max_length=100)
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    is_active = models.BooleanField(_("active"), default=True)
    # Neither: everybody has it.
    team = models.ForeignKey(
        Team, models.CASCADE, verbose_name=_("of the team"), null=True, blank=True, related_name="+"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("of the user"), null=True, blank=True, related_name="+"
    )
    kind = models.CharField(_("writes"), max_length=5, choices=MessageKind, default=MessageKind.REPLY)
    body = models.TextField(_("text"), blank=True)
    status_after = models.CharField(_("status after"), max_length=8, choices=TicketStatus, blank=True)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority, null=True, blank=True)
    takes_ticket = models.BooleanField(_("take the ticket"), default=False)

    objects = MacroQuerySet["Macro"].as_manager()

    class Meta:
        verbose_name = _("macro")
        verbose_name_plural = _("macros")
        ordering = ["position", "name", "id"]

    def __str__(self) -> str:
        return self.name


class DeskView(Versioned):
    """A saved view of the desk: a filter of TicketFilterSet by name, and an order."""

    name = models.CharField(_("name"), max_length=100)
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    # Nobody: everybody has it.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("of the user"), null=True, blank=True, related_name="+"
    )
    filters = models.JSONField(_("filters"), default=dict, blank=True)
    ordering = models.CharField(_("order"), max_length=32, blank=True)

    objects = DeskViewQuerySet["DeskView"].as_manager()

    class Meta:
        verbose_name = _("view of the desk")
        verbose_name_plural = _("views of the desk")
        ordering = ["position", "name", "id"]

    def __str__(self) -> str:
        return self.name


class Escalation(models.Model):
    """A step that was taken for a wait of a ticket; each once, however often the beat asks."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, verbose_name=_("ticket"), related_name="escalations")
    step = models.ForeignKey(EscalationStep, models.CASCADE, verbose_name=_("step"), related_name="+")
    since = models.DateTimeField(_("of the wait since"))
    at = models.DateTimeField(_("at"))
    outcome = models.CharField(_("outcome"), max_length=255, blank=True)

    objects = OfTicketQuerySet["Escalation"].as_manager()

    class Meta:
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "step", "since"], name="escalation_once"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.step_id}"


class Notification(models.Model):
    """Something that a user is told, mostly of a ticket, until they have read it. `key` makes it once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("to"), related_name="+")
    ticket = models.ForeignKey(
        Ticket, models.CASCADE, verbose_name=_("ticket"), null=True, blank=True, related_name="notifications"
    )
    # Of a call; its customer is shown to whoever may see them.
    call = models.ForeignKey(
        PhoneCall, models.CASCADE, verbose_name=_("call"), null=True, blank=True, related_name="notifications"
    )
    kind = models.CharField(_("kind"), max_length=8, choices=NotificationKind)
    detail = models.CharField(_("detail"), max_length=255, blank=True)
    key = models.CharField(max_length=128, unique=True, editable=False)
    at = models.DateTimeField(_("at"))
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    objects = NotificationQuerySet["Notification"].as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["-id"]
        indexes = [
            # what a user has not read
            models.Index(fields=["user", "read_at", "-id"], name="notification_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.ticket_id or self.call_id or ''}".strip()

    @property
    def about(self) -> str:
        """The detail in words: of warnings and breaches, which clock."""
        clocks = {str(code): str(label) for code, label in SLAClock.choices}
        return clocks.get(self.detail, self.detail)
