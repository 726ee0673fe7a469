from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.choices import OnMerge, SubjectType
from customers.models import Audited, Sourced, Versioned
from services.choices import (
    UNSOLVED,
    Channel,
    DeliveryStatus,
    Direction,
    EventKind,
    MessageKind,
    Priority,
    TicketStatus,
)
from services.querysets import SEARCHED, MessageQuerySet, OfTicketQuerySet, TicketQuerySet


class Ticket(Versioned, Sourced):
    """A request for service. Status, assignee and clocks are moved by verbs only.

    The clock columns repeat what the events say, so that lists can sort and filter by them: `refresh_clocks`
    computes them anew from TicketEvent and the calendar.
    """

    number = models.CharField(_("number"), max_length=40, unique=True, editable=False)
    subject = models.CharField(_("subject"), max_length=255)
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, verbose_name=_("customer"), related_name="tickets"
    )
    requester = models.ForeignKey(
        "customers.Customer",
        models.PROTECT,
        verbose_name=_("requester"),
        null=True,
        blank=True,
        related_name="requested_tickets",
        help_text=_("The person who asked, where it is not the customer."),
    )
    service_type = models.ForeignKey(
        "services.ServiceType",
        models.PROTECT,
        verbose_name=_("service type"),
        null=True,
        blank=True,
        related_name="+",
    )
    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.WEB)
    queue = models.ForeignKey("services.Queue", models.PROTECT, verbose_name=_("queue"), related_name="tickets")
    team = models.ForeignKey("customers.Team", models.PROTECT, verbose_name=_("team"), related_name="tickets")
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority, default=Priority.NORMAL)
    assignee = models.ForeignKey(
        "services.Agent",
        models.PROTECT,
        verbose_name=_("assignee"),
        null=True,
        blank=True,
        related_name="tickets",
    )
    status = models.CharField(_("status"), max_length=8, choices=TicketStatus, default=TicketStatus.NEW)
    policy = models.ForeignKey(
        "services.SLAPolicy",
        models.SET_NULL,
        verbose_name=_("SLA policy"),
        null=True,
        blank=True,
        related_name="+",
    )
    attributes = models.JSONField(_("custom attributes"), default=dict, blank=True)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("part of"),
        null=True,
        blank=True,
        editable=False,
        related_name="children",
    )
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("merged into"),
        null=True,
        blank=True,
        editable=False,
        related_name="merged_tickets",
    )
    created_at = models.DateTimeField(_("opened at"), default=timezone.now)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    # Computed from the events by refresh_clocks. Seconds are business time.
    first_replied_at = models.DateTimeField(_("first reply at"), null=True, editable=False)
    first_reply_seconds = models.PositiveIntegerField(_("time to first reply"), null=True, editable=False)
    first_reply_due_at = models.DateTimeField(_("first reply due"), null=True, editable=False)
    first_reply_breached_at = models.DateTimeField(_("first reply late since"), null=True, editable=False)
    # The later waits: the one that goes on now, and the first that was too long.
    next_reply_due_at = models.DateTimeField(_("next reply due"), null=True, editable=False)
    next_reply_breached_at = models.DateTimeField(_("next reply late since"), null=True, editable=False)
    solved_at = models.DateTimeField(_("solved at"), null=True, editable=False)
    resolution_seconds = models.PositiveIntegerField(_("time to resolution"), null=True, editable=False)
    resolution_due_at = models.DateTimeField(_("resolution due"), null=True, editable=False)
    resolution_breached_at = models.DateTimeField(_("resolution late since"), null=True, editable=False)
    reopen_count = models.PositiveSmallIntegerField(_("reopened"), default=0, editable=False)

    on_merge = {"customer": OnMerge.MOVE, "requester": OnMerge.MOVE}
    fact_subject, fact_parties = SubjectType.TICKET, ("customer", "requester")
    locked_after_customer = True
    # Computed from the events, which say why.
    audit_leaves_out = frozenset(
        f"{clock}_{name}"
        for clock in ("first_reply", "next_reply", "resolution")
        for name in ("seconds", "due_at", "breached_at")
    ) | {"first_replied_at", "solved_at", "reopen_count"}

    objects = TicketQuerySet["Ticket"].as_manager()

    class Meta(Sourced.Meta):
        abstract = False
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        ordering = ["-id"]
        indexes = [
            # the queue list: unsolved tickets of a team, newest first
            models.Index(fields=["team", "status", "-id"], name="ticket_team_status"),
            # the same, by when they were solved; and those of a customer that are not
            models.Index(fields=["customer", "-solved_at"], name="ticket_solved_timeline"),
            # my tickets
            models.Index(fields=["assignee", "status"], name="ticket_assignee_status"),
            # a customer's timeline
            models.Index(fields=["customer", "-created_at"], name="ticket_timeline"),
            # reports; lists in the order of opening
            models.Index(fields=["created_at"], name="ticket_opened"),
            models.Index(fields=["solved_at"], name="ticket_solved"),
            # lists in the order in which they are due
            models.Index(fields=["resolution_due_at"], name="ticket_due"),
            models.Index(fields=["first_reply_due_at"], name="ticket_first_due"),
            # breaching and soon due
            models.Index(fields=["status", "resolution_due_at"], name="ticket_resolution_due"),
            models.Index(fields=["status", "first_reply_due_at"], name="ticket_first_reply_due"),
            models.Index(fields=["status", "next_reply_due_at"], name="ticket_next_reply_due"),
        ]
        constraints = [
            *Sourced.Meta.constraints,
            # The steps between them are kept by triggers: services/sql/status_triggers.py
            models.CheckConstraint(condition=models.Q(status__in=TicketStatus.values), name="ticket_status_is_known"),
        ]

    def __str__(self) -> str:
        return self.number

    def save(self, *args: Any, **kwargs: Any) -> None:
        """As ever; what the ticket is found by follows."""
        fields = kwargs.get("update_fields")
        with transaction.atomic(using=kwargs.get("using")):
            super().save(*args, **kwargs)
            if fields is None or SEARCHED & {*fields}:
                self._meta.apps.get_model("services", "TicketWords")._default_manager.follow([self.pk])

    @property
    def is_unsolved(self) -> bool:
        return self.status in UNSOLVED

    def minutes_spent(self) -> int:
        """How long people worked on it, by what they put down."""
        return int(self.time_entries.aggregate(minutes=models.Sum("minutes"))["minutes"] or 0)


class Message(Audited):
    """One thing that was said: a public reply, or an internal note that never leaves the house."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, verbose_name=_("ticket"), related_name="messages")
    kind = models.CharField(_("kind"), max_length=5, choices=MessageKind)
    direction = models.CharField(
        _("direction"),
        max_length=8,
        choices=Direction,
    )
    body = models.TextField(_("text"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("author"),
        null=True,
        blank=True,
        related_name="+",
    )
    customer = models.ForeignKey(
        "customers.Customer",
        models.PROTECT,
        verbose_name=_("customer"),
        null=True,
        blank=True,
        related_name="+",
    )
    at = models.DateTimeField(_("at"))
    is_automatic = models.BooleanField(_("automatic"), default=False)
    delivery_status = models.CharField(_("delivery"), max_length=6, choices=DeliveryStatus, default=DeliveryStatus.NONE)

    on_merge = {"customer": OnMerge.MOVE}

    audit_through = ("ticket",)
    audit_leaves_out = frozenset({"delivery_status"})  # the mail's, by programs

    objects = MessageQuerySet["Message"].as_manager()

    class Meta:
        base_manager_name = "objects"  # so that a queryset's writes are noticed, wherever it comes from
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["at", "id"]
        indexes = [
            # the conversation
            models.Index(fields=["ticket", "at"], name="message_conversation"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    def audit_customers(self) -> list[int | None]:
        """Those of the ticket."""
        return [self.ticket.customer_id, self.ticket.requester_id]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """As ever; what its ticket is found by follows."""
        words: Any = self._meta.apps.get_model("services", "TicketWords")._default_manager
        is_new, fields = self._state.adding, kwargs.get("update_fields")
        with transaction.atomic(using=kwargs.get("using")):
            came_from = set() if is_new else {*type(self).objects.filter(pk=self.pk).values_list("ticket", flat=True)}
            super().save(*args, **kwargs)
            if is_new:
                words.gain([self])
            elif fields is None or {"ticket", "ticket_id", "body"} & {*fields}:
                words.follow({self.ticket_id, *came_from})

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """As ever; its ticket loses its words."""
        with transaction.atomic(using=kwargs.get("using")):
            deleted = super().delete(*args, **kwargs)
            self._meta.apps.get_model("services", "TicketWords")._default_manager.follow([self.ticket_id])
        return deleted


class TicketEvent(models.Model):
    """What happened to a ticket, who did it, when. Append-only; the clocks are computed from it."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="events")
    kind = models.CharField(_("event"), max_length=16, choices=EventKind)
    at = models.DateTimeField(_("at"))
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("by"),
        null=True,
        blank=True,
        related_name="+",
    )
    status_after = models.CharField(_("status after"), max_length=8, choices=TicketStatus)
    data = models.JSONField(default=dict, blank=True)

    objects = OfTicketQuerySet["TicketEvent"].as_manager()

    class Meta:
        verbose_name = _("ticket event")
        verbose_name_plural = _("ticket events")
        ordering = ["at", "id"]
        indexes = [
            # a ticket's history in order
            models.Index(fields=["ticket", "at", "id"], name="ticket_event_history"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class IrregularStep(models.Model):
    """A pass for one step that the table of transitions has not, which another system took: it stands only while an
    import, or its undo, writes that step down. See operations/take_irregular_steps.py."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="+")
    status_from = models.CharField(max_length=8, choices=TicketStatus)
    status_to = models.CharField(max_length=8, choices=TicketStatus)

    objects = OfTicketQuerySet["IrregularStep"].as_manager()

    class Meta:
        verbose_name = _("irregular step")
        verbose_name_plural = _("irregular steps")

    def __str__(self) -> str:
        return f"{self.ticket_id}: {self.status_from} → {self.status_to}"
