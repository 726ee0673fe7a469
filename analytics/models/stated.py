from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from analytics.choices import Liking
from customers.choices import OnMerge
from customers.models import Audited
from customers.querysets import OfCustomerQuerySet


class StatedPreference(Audited):
    """What a customer said they like or dislike: a category or a product. Append-only: of one thing the newest
    statement holds."""

    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, verbose_name=_("customer"), related_name="stated_preferences"
    )
    category = models.ForeignKey(
        "customers.Category", models.CASCADE, verbose_name=_("category"), null=True, blank=True, related_name="+"
    )
    product = models.ForeignKey(
        "customers.Product", models.CASCADE, verbose_name=_("product"), null=True, blank=True, related_name="+"
    )
    liking = models.SmallIntegerField(_("they said"), choices=Liking)
    source = models.CharField(_("source"), max_length=100, blank=True, help_text=_("Phone call, visit, survey ..."))
    at = models.DateTimeField(_("at"))
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("recorded by"),
        null=True,
        blank=True,
        related_name="+",
    )

    on_merge = {"customer": OnMerge.MOVE}

    objects = OfCustomerQuerySet["StatedPreference"].as_manager()

    class Meta:
        verbose_name = _("stated preference")
        verbose_name_plural = _("stated preferences")
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(category=None, product__isnull=False) | Q(category__isnull=False, product=None),
                name="stated_preference_of_one_thing",
            ),
        ]
        indexes = [
            # what a customer said, and their page
            models.Index(fields=["customer", "-at"], name="stated_preference_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.get_liking_display()}: {self.category or self.product}"
