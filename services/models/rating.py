from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.choices import OnMerge, SubjectType
from customers.models import Audited, Sourced
from customers.querysets import OfCustomerQuerySet
from services.choices import RatingScale
from services.querysets import OfTicketQuerySet


class SatisfactionRating(Audited, Sourced):
    """What a customer said of a ticket or an order. Append-only: a changed mind is a new row that replaces the old."""

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, verbose_name=_("customer"), related_name="ratings"
    )
    ticket = models.ForeignKey(
        "services.Ticket",
        models.CASCADE,
        verbose_name=_("ticket"),
        null=True,
        blank=True,
        related_name="ratings",
    )
    order = models.ForeignKey(
        "customers.Order",
        models.CASCADE,
        verbose_name=_("order"),
        null=True,
        blank=True,
        related_name="ratings",
    )
    scale = models.CharField(_("scale"), max_length=6, choices=RatingScale, default=RatingScale.CSAT)
    value = models.PositiveSmallIntegerField(_("rating"))
    comment = models.TextField(_("comment"), blank=True)
    at = models.DateTimeField(_("given at"))
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now)
    replaced_by = models.OneToOneField(
        "self", models.SET_NULL, verbose_name=_("replaced by"), null=True, blank=True, related_name="replaces"
    )

    on_merge = {"customer": OnMerge.MOVE}
    fact_subject = SubjectType.RATING
    fact_parties = ("customer", "ticket__customer", "ticket__requester", "order__customer")

    objects = OfCustomerQuerySet["SatisfactionRating"].as_manager()

    class Meta(Sourced.Meta):
        abstract = False
        verbose_name = _("satisfaction rating")
        verbose_name_plural = _("satisfaction ratings")
        ordering = ["-at", "-id"]
        indexes = [
            # a customer's timeline
            models.Index(fields=["customer", "-at"], name="rating_timeline"),
        ]
        constraints = [
            *Sourced.Meta.constraints,
            models.CheckConstraint(
                condition=Q(ticket=None, order__isnull=False) | Q(ticket__isnull=False, order=None),
                name="rating_of_ticket_or_order",
            ),
            models.CheckConstraint(
                condition=Q(scale__in=["csat", "review"], value__range=(1, 5))
                | Q(scale="nps", value__range=(0, 10))
                | Q(scale="ces", value__range=(1, 7)),
                name="rating_within_its_scale",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_scale_display()}: {self.value}"


class RatingRequest(Audited):
    """A customer was asked what they say of a solved ticket: by a signed link that expires, whose answer may be
    changed until then. The response rate is answered ones among all."""

    ticket = models.ForeignKey(
        "services.Ticket", models.CASCADE, verbose_name=_("ticket"), related_name="rating_requests"
    )
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, verbose_name=_("customer"), related_name="rating_requests"
    )
    requested_at = models.DateTimeField(_("asked at"))
    expires_at = models.DateTimeField(_("expires at"))
    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    rating = models.ForeignKey(
        SatisfactionRating, models.SET_NULL, verbose_name=_("answer"), null=True, blank=True, related_name="+"
    )

    on_merge = {"customer": OnMerge.MOVE}
    audit_leaves_out = frozenset({"opened_at"})

    objects = OfTicketQuerySet["RatingRequest"].as_manager()

    class Meta:
        verbose_name = _("rating request")
        verbose_name_plural = _("rating requests")
        ordering = ["-id"]
        indexes = [
            # the response rate of a period
            models.Index(fields=["requested_at"], name="rating_request_period"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.requested_at:%Y-%m-%d}"
