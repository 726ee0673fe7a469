"""How tickets belong together."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Audited
from services.choices import LinkKind
from services.models.ticket import Ticket
from services.querysets import TicketLinkQuerySet, TicketMergeQuerySet


class TicketLink(Audited):
    """One ticket is something to another: read from the first to the second."""

    from_ticket = models.ForeignKey(Ticket, models.CASCADE, verbose_name=_("ticket"), related_name="links_out")
    to_ticket = models.ForeignKey(Ticket, models.CASCADE, verbose_name=_("other ticket"), related_name="links_in")
    kind = models.CharField(_("kind"), max_length=9, choices=LinkKind)
    created_at = models.DateTimeField(_("linked at"), default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("by"), null=True, blank=True, related_name="+"
    )

    audit_through = ("from_ticket", "to_ticket")

    objects = TicketLinkQuerySet["TicketLink"].as_manager()

    class Meta:
        verbose_name = _("ticket link")
        verbose_name_plural = _("ticket links")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["from_ticket", "to_ticket", "kind"], name="ticket_link_once"),
            models.CheckConstraint(condition=~Q(from_ticket=F("to_ticket")), name="ticket_link_to_another"),
        ]

    def __str__(self) -> str:
        return f"{self.from_ticket_id} {self.get_kind_display()} {self.to_ticket_id}"

    def audit_customers(self) -> list[int | None]:
        """Those of the two tickets."""
        return [self.from_ticket.customer_id, self.to_ticket.customer_id]


class TicketMerge(Audited):
    """One ticket went into another. `moved` remembers what went over, so that it can be undone."""

    kept = models.ForeignKey(Ticket, models.PROTECT, verbose_name=_("kept"), related_name="merges")
    gone = models.ForeignKey(Ticket, models.PROTECT, verbose_name=_("merged into it"), related_name="merged_away")
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("by"), null=True, blank=True, related_name="+"
    )
    status_before = models.CharField(_("status before"), max_length=8)
    moved = models.JSONField(default=dict)
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("undone by"), null=True, blank=True, related_name="+"
    )

    audit_leaves_out = frozenset({"moved"})

    objects = TicketMergeQuerySet["TicketMerge"].as_manager()

    class Meta:
        verbose_name = _("merge of tickets")
        verbose_name_plural = _("merges of tickets")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.gone_id} → {self.kept_id}"

    def audit_customers(self) -> list[int | None]:
        """Those of the two tickets."""
        return [self.kept.customer_id, self.gone.customer_id]
