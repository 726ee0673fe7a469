from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.choices import Direction, InteractionKind, OnMerge
from customers.models.customer import Customer
from customers.models.versioned import Versioned
from customers.querysets import OfCustomerQuerySet


class Interaction(Versioned):
    """A call, meeting, visit or campaign touch: the timeline beside tickets and orders."""

    customer = models.ForeignKey(Customer, models.CASCADE, verbose_name=_("customer"), related_name="interactions")
    kind = models.CharField(_("kind"), max_length=10, choices=InteractionKind)
    direction = models.CharField(_("direction"), max_length=8, choices=Direction, default=Direction.OUTBOUND)
    subject = models.CharField(_("subject"), max_length=255)
    body = models.TextField(_("text"), blank=True)
    at = models.DateTimeField(_("at"))
    # Of calls and meetings, where somebody or the telephone said so.
    seconds = models.PositiveIntegerField(_("duration, seconds"), null=True, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("author"),
        null=True,
        blank=True,
        related_name="+",
    )

    on_merge = {"customer": OnMerge.MOVE}

    objects = OfCustomerQuerySet["Interaction"].as_manager()

    class Meta:
        verbose_name = _("interaction")
        verbose_name_plural = _("interactions")
        ordering = ["-at", "-id"]
        indexes = [
            # a customer's timeline
            models.Index(fields=["customer", "-at"], name="interaction_timeline"),
        ]

    def __str__(self) -> str:
        return self.subject
