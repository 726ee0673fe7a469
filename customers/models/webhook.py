"""Where programs are told what happens, and what was sent to them."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.choices import LeaseState, WebhookKind
from customers.encryption.fields import EncryptedTextField
from customers.models.access import Team
from customers.models.leased import Leased
from customers.models.versioned import Versioned
from customers.querysets import DeliveryQuerySet, OpenCatalogueQuerySet, WebhookQuerySet

# Written by the loop that delivers, not by people.
PROGRESS = ("failures", "failing_since", "held_until", "delivered_at", "problem")


class Webhook(Versioned):
    """An address that is told what happens here, as far as its owner, and its team where it has one, may see it.

    The address, the secret and the headers are encrypted: each may be what opens a door elsewhere."""

    # Known before the insert, because the ciphertexts are bound to it.
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=8, choices=WebhookKind, default=WebhookKind.EVENTS, editable=False)
    url = EncryptedTextField(_("address"), row_key="key", help_text=_("Begins with https://"))
    host = models.CharField(_("host"), max_length=253, editable=False)  # of the address, for lists
    headers = EncryptedTextField(default="{}", blank=True, editable=False, row_key="key")  # JSON: name to value
    secret = EncryptedTextField(editable=False, row_key="key")
    # While a secret is replaced both sign, so that the other side may change in its own time.
    old_secret = EncryptedTextField(null=True, editable=False, row_key="key")
    old_secret_until = models.DateTimeField(_("old secret until"), null=True, editable=False)
    events = models.JSONField(_("events"), default=list, blank=True)
    team = models.ForeignKey(
        Team,
        models.CASCADE,
        verbose_name=_("team"),
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Only what belongs to this team. Empty: all that you may see."),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("owner"), editable=False, related_name="+"
    )
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created at"), editable=False)
    paused_at = models.DateTimeField(_("paused at"), null=True, editable=False)
    # Attempts that failed since the last one that did not.
    failures = models.PositiveIntegerField(_("failures"), default=0, editable=False)
    failing_since = models.DateTimeField(_("failing since"), null=True, editable=False)
    held_until = models.DateTimeField(null=True, editable=False)
    delivered_at = models.DateTimeField(_("last delivered at"), null=True, editable=False)
    problem = models.CharField(_("last problem"), max_length=200, blank=True, editable=False)

    audit_leaves_out = frozenset({*PROGRESS, "key"})
    audit_hides = frozenset({"url", "headers", "secret", "old_secret"})

    objects = WebhookQuerySet["Webhook"].as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class WebhookDelivery(Leased):
    """Something to be told to a webhook: written in the transaction in which it happened, delivered afterwards.

    What is in one `lane` of a webhook (everything about one ticket, one customer) goes out in the order of the keys:
    the next waits until the one before was delivered or given up. Columns hold keys and figures; what a channel sends
    a person is in `content`, encrypted, and emptied once it is delivered."""

    most_attempts: ClassVar[int] = 8

    # What the other side knows it by, whatever is sent again.
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    webhook = models.ForeignKey(Webhook, models.CASCADE, verbose_name=_("webhook"), related_name="deliveries")
    event = models.CharField(_("event"), max_length=40)
    lane = models.CharField(_("about"), max_length=64)
    object_type = models.CharField(max_length=20)
    object_id = models.BigIntegerField(null=True)
    path = models.CharField(max_length=100, blank=True)
    data = models.JSONField(default=dict)
    content = EncryptedTextField(null=True, editable=False, row_key="key")
    at = models.DateTimeField(_("at"))
    due_at = models.DateTimeField(_("due at"))
    settled_at = models.DateTimeField(_("settled at"), null=True)  # delivered, or given up
    status = models.PositiveSmallIntegerField(_("answer"), null=True)
    duration_ms = models.PositiveIntegerField(_("duration, ms"), null=True)
    problem = models.CharField(_("problem"), max_length=200, blank=True)

    objects = DeliveryQuerySet["WebhookDelivery"].as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-id"]
        indexes = [
            # what is due
            models.Index(fields=["state", "due_at"], name="webhook_delivery_due"),
            # whether something of the same lane comes first
            models.Index(fields=["webhook", "lane", "state", "id"], name="webhook_delivery_lane"),
            # the log of a webhook, newest first
            models.Index(fields=["webhook", "-id"], name="webhook_delivery_log"),
            # what is old enough to be forgotten
            models.Index(fields=["at"], name="webhook_delivery_at"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.pk}"


class WebhookAttempt(models.Model):
    """One try to deliver, and what came back."""

    # Known before the insert, because the ciphertext is bound to it.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    delivery = models.ForeignKey(WebhookDelivery, models.CASCADE, verbose_name=_("delivery"), related_name="tries")
    at = models.DateTimeField(_("at"))
    status = models.PositiveSmallIntegerField(_("answer"), null=True)
    duration_ms = models.PositiveIntegerField(_("duration, ms"))
    problem = models.CharField(_("problem"), max_length=200, blank=True)
    # The beginning of what was answered; encrypted, since it may repeat what was sent.
    answer = EncryptedTextField(default="", blank=True, editable=False)

    objects = OpenCatalogueQuerySet["WebhookAttempt"].as_manager()

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return str(self.pk)


OPEN = (LeaseState.TODO, LeaseState.LEASED)
"""Deliveries that are still to be made."""
