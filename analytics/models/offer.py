from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from analytics.choices import OfferOutcome
from analytics.querysets import CampaignMemberQuerySet
from customers.choices import ConsentChannel, OnMerge
from customers.models import Audited, Versioned
from customers.querysets import OfCustomerQuerySet, OpenCatalogueQuerySet

CHANNELS = [(channel.value, channel.label) for channel in ConsentChannel if channel != ConsentChannel.ANY]
# What a list is made of: changed after it was built, it has to be built again.
CONDITIONS = (
    *("segment", "product", "category", "channel"),
    *("min_percentile", "most", "bought_days", "rest_days", "held_out"),
)
LARGEST_LIST = 20_000


def _between(low: int, high: int) -> list[Any]:
    return [MinValueValidator(low), MaxValueValidator(high)]


class CampaignList(Versioned):
    """Whom to write to about a product or a category: members of a segment, those who want it most first, less all
    who may not or should not be written to. Built by a job (operations.build_campaign_list), frozen when it is sent.

    `built_from`: the conditions as they were. `found`: {"considered", "members", "held_out", "left_out": by LeftOut}.
    """

    name = models.CharField(_("name"), max_length=100, unique=True)
    segment = models.ForeignKey(
        "customers.Segment",
        models.PROTECT,
        verbose_name=_("segment"),
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Empty: everybody."),
    )
    product = models.ForeignKey(
        "customers.Product", models.PROTECT, verbose_name=_("product"), null=True, blank=True, related_name="+"
    )
    category = models.ForeignKey(
        "customers.Category", models.PROTECT, verbose_name=_("category"), null=True, blank=True, related_name="+"
    )
    channel = models.CharField(_("channel"), max_length=9, choices=CHANNELS, default=ConsentChannel.EMAIL)
    min_percentile = models.PositiveSmallIntegerField(
        _("least percentile"),
        default=70,
        validators=_between(0, 99),
        help_text=_("Of 100 products or categories, so many must stand below it for the customer."),
    )
    most = models.PositiveIntegerField(_("most customers"), default=1000, validators=_between(1, LARGEST_LIST))
    bought_days = models.PositiveSmallIntegerField(
        _("not who bought it in so many days"), default=180, validators=_between(0, 3650)
    )
    rest_days = models.PositiveSmallIntegerField(
        _("not who was on a list in so many days"), default=30, validators=_between(0, 3650)
    )
    held_out = models.PositiveSmallIntegerField(
        _("held out, per cent"),
        default=10,
        validators=_between(0, 50),
        help_text=_("So many are not written to: against them you see what the campaign really moved."),
    )
    response_days = models.PositiveSmallIntegerField(
        _("answer counts for so many days"), default=30, validators=_between(1, 365)
    )
    built_at = models.DateTimeField(_("built at"), null=True, editable=False)
    built_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("built by"),
        null=True,
        editable=False,
        related_name="+",
    )
    built_from = models.JSONField(default=dict, editable=False)
    found = models.JSONField(_("found"), default=dict, editable=False)
    problem = models.TextField(_("problem"), blank=True, editable=False)
    sent_at = models.DateTimeField(_("sent at"), null=True, editable=False)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("sent by"),
        null=True,
        editable=False,
        related_name="+",
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    audit_leaves_out = frozenset({"built_from", "found", "problem", "built_at"})

    objects = OpenCatalogueQuerySet["CampaignList"].as_manager()

    class Meta:
        verbose_name = _("campaign list")
        verbose_name_plural = _("campaign lists")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(category=None, product__isnull=False) | Q(category__isnull=False, product=None),
                name="campaign_list_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """One thing is offered; of a list that was sent, what it asked for stays."""
        if (self.product_id is None) == (self.category_id is None):
            raise ValidationError({"product": _("Choose a product or a category, one of the two.")})
        if self.sent_at is not None and self.is_outdated:
            raise ValidationError(_("This list was sent: what it asked for stays. Make a new one."))

    def conditions(self) -> dict[str, Any]:
        """What it is made of, as it stands now."""
        fields = (self._meta.get_field(name) for name in CONDITIONS)
        return {field.name: getattr(self, field.attname) for field in fields}  # type: ignore[union-attr]

    @property
    def is_outdated(self) -> bool:
        """Whether it was built of other conditions than it has now."""
        return self.built_at is not None and self.built_from != self.conditions()

    @property
    def wants(self) -> str:
        """What it offers."""
        return str(self.product or self.category)


class CampaignMember(models.Model):
    """A customer on a campaign list, and why: the features of what is offered, as in PreferenceProfile.products."""

    campaign = models.ForeignKey(CampaignList, models.CASCADE, verbose_name=_("campaign list"), related_name="members")
    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, verbose_name=_("customer"), related_name="campaign_places"
    )
    rank = models.PositiveIntegerField(_("place"))
    preference = models.FloatField(_("preference"))
    percentile = models.FloatField(_("percentile"))
    values = models.JSONField(default=list)
    is_held_out = models.BooleanField(_("held out"), default=False)
    # Null of whoever is held out, and of whoever took their consent back before it was sent.
    sent_at = models.DateTimeField(_("sent at"), null=True)

    on_merge = {"customer": OnMerge.MOVE}

    objects = CampaignMemberQuerySet["CampaignMember"].as_manager()

    class Meta:
        verbose_name = _("member of a campaign list")
        verbose_name_plural = _("members of campaign lists")
        ordering = ["campaign", "rank"]
        constraints = [models.UniqueConstraint(fields=["campaign", "customer"], name="campaign_member_once")]
        indexes = [
            # the list in its order
            models.Index(fields=["campaign", "rank"], name="campaign_member_rank"),
        ]

    def __str__(self) -> str:
        return f"{self.rank}"


class Offer(Audited):
    """Something was offered to a customer in a conversation, and what they said. Append-only."""

    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, verbose_name=_("customer"), related_name="offers"
    )
    product = models.ForeignKey("customers.Product", models.CASCADE, verbose_name=_("product"), related_name="+")
    outcome = models.CharField(_("what came of it"), max_length=8, choices=OfferOutcome)
    # As it stood when it was offered: what an offer at such a place is worth can be counted later.
    percentile = models.FloatField(_("percentile"), null=True)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("by"), null=True, related_name="+")

    on_merge = {"customer": OnMerge.MOVE}

    objects = OfCustomerQuerySet["Offer"].as_manager()

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        ordering = ["-at", "-id"]
        indexes = [
            # what was offered to a customer
            models.Index(fields=["customer", "-at"], name="offer_of_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}: {self.product}"
