from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.choices import ConsentChannel, ConsentPurpose, OnMerge
from customers.models.audited import Audited
from customers.models.customer import Customer
from customers.querysets import ConsentQuerySet


class Consent(Audited):
    """What a customer allowed or forbade. Append-only: the newest row of a purpose and channel holds."""

    customer = models.ForeignKey(Customer, models.CASCADE, verbose_name=_("customer"), related_name="consents")
    purpose = models.CharField(_("purpose"), max_length=10, choices=ConsentPurpose)
    channel = models.CharField(_("channel"), max_length=10, choices=ConsentChannel, default=ConsentChannel.ANY)
    is_given = models.BooleanField(_("given"))
    text_version = models.CharField(
        _("text"), max_length=100, blank=True, help_text=_("Which wording the customer saw, and its version.")
    )
    source = models.CharField(_("source"), max_length=100, blank=True, help_text=_("Web form, phone call, import ..."))
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

    objects = ConsentQuerySet["Consent"].as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["-at", "-id"]
        indexes = [
            # what holds now, and the history on the customer's page
            models.Index(fields=["customer", "purpose", "channel", "-at"], name="consent_of_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.get_channel_display()}"
