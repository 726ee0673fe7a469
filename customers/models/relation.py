from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from customers.choices import CustomerKind, OnMerge
from customers.models.customer import Customer
from customers.models.versioned import Versioned
from customers.querysets import OpenCatalogueQuerySet, RelationQuerySet


class RelationType(Versioned):
    """How two parties relate: `name` read from the first to the second, `inverse_name` back."""

    code = models.SlugField(_("code"), max_length=50, unique=True)
    name = models.CharField(_("name"), max_length=100, help_text=_("As in: Ann WORKS FOR Acme."))
    inverse_name = models.CharField(_("inverse name"), max_length=100, help_text=_("As in: Acme EMPLOYS Ann."))
    # An empty kind means that either will do.
    from_kind = models.CharField(_("from kind"), max_length=12, choices=CustomerKind, blank=True)
    to_kind = models.CharField(_("to kind"), max_length=12, choices=CustomerKind, blank=True)
    is_with_us = models.BooleanField(
        _("is with us"),
        default=False,
        help_text=_("The other end is this company: prospect, client, partner ..."),
    )
    is_hierarchy = models.BooleanField(
        _("is a hierarchy"), default=False, help_text=_("No circles: nobody may be their own parent.")
    )
    from_is_above = models.BooleanField(
        _("the first stands above"),
        default=True,
        help_text=_("Of a hierarchy: a parent company stands above its subsidiary, who reports to somebody below."),
    )
    is_household = models.BooleanField(
        _("joins a household"), default=False, help_text=_("Whoever is joined in this way lives together.")
    )

    objects = OpenCatalogueQuerySet["RelationType"].as_manager()

    class Meta:
        verbose_name = _("relation type")
        verbose_name_plural = _("relation types")
        ordering = ["name"]

    def __str__(self) -> str:
        """The name: of the usual types, in the reader's language."""
        return pgettext("relation type", self.name)

    def clean(self) -> None:
        """Refuse what no relation could be."""
        if self.is_with_us and (self.is_hierarchy or self.is_household):
            raise ValidationError({"is_with_us": _("A relation to us is neither a hierarchy nor a household.")})
        if self.is_with_us and self.to_kind:
            raise ValidationError({"to_kind": _("The other end of a relation to us is this company: leave it empty.")})

    @property
    def is_symmetric(self) -> bool:
        """Whether it reads the same from both ends, like a marriage."""
        return self.name == self.inverse_name

    @property
    def inverse(self) -> str:
        """The inverse name: of the usual types, in the reader's language."""
        return pgettext("relation type", self.inverse_name)


class Relation(Versioned):
    """A typed, directed, dated relation. Where `to_customer` is empty it is the customer's relation to us."""

    type = models.ForeignKey(RelationType, models.PROTECT, verbose_name=_("type"), related_name="relations")
    from_customer = models.ForeignKey(Customer, models.CASCADE, verbose_name=_("from"), related_name="relations_from")
    to_customer = models.ForeignKey(
        Customer, models.CASCADE, verbose_name=_("to"), null=True, blank=True, related_name="relations_to"
    )
    role = models.CharField(_("role"), max_length=100, blank=True)
    since = models.DateField(_("since"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)
    strength = models.PositiveSmallIntegerField(
        _("strength"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(5)],
        help_text=_("1 is loose, 5 is very close."),
    )
    note = models.TextField(_("note"), blank=True)

    on_merge = {"from_customer": OnMerge.APART, "to_customer": OnMerge.APART}

    objects = RelationQuerySet["Relation"].as_manager()

    class Meta:
        verbose_name = _("relation")
        verbose_name_plural = _("relations")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_customer=None) | ~Q(from_customer=F("to_customer")),
                name="relation_not_to_oneself",
            ),
            models.CheckConstraint(
                condition=Q(since=None) | Q(until=None) | Q(until__gte=F("since")),
                name="relation_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=Q(strength__range=(1, 5)), name="relation_strength_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.pk}"

    def holds_on(self, day: date) -> bool:
        """Whether it had begun and not ended on this day."""
        return (self.since is None or self.since <= day) and not self.ended_by(day)

    def ended_by(self, day: date) -> bool:
        """Whether it had ended before this day."""
        return self.until is not None and self.until < day

    def seen_from(self, customer_id: int) -> tuple[str, Customer | None]:
        """How it reads from one of its ends, in the reader's language, and who stands at the other (None: us)."""
        if self.from_customer_id == customer_id:
            return str(self.type), self.to_customer
        return self.type.inverse, self.from_customer
