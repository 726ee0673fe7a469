"""The customer portal: links that log in, sessions, and what was sent from its pages."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.choices import OnMerge
from customers.querysets import OfCustomerQuerySet
from services.models.ticket import Message


class PortalLogin(models.Model):
    """A link that was sent to a customer to log in by. It works once, for a while, and only the newest does; of its
    token the hash alone is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)  # SHA-256 of the token
    email_index = models.CharField(max_length=32, editable=False)
    customer = models.ForeignKey("customers.Customer", models.CASCADE, verbose_name=_("customer"), related_name="+")
    asked_at = models.DateTimeField(_("asked at"))
    expires_at = models.DateTimeField(_("expires at"))
    used_at = models.DateTimeField(_("used at"), null=True)

    on_merge = {"customer": OnMerge.MOVE}

    objects = OfCustomerQuerySet["PortalLogin"].as_manager()

    class Meta:
        verbose_name = _("log-in link")
        verbose_name_plural = _("log-in links")
        ordering = ["-asked_at", "-id"]
        indexes = [
            # how many were sent to an address of late; those that a newer one replaces
            models.Index(fields=["email_index", "asked_at"], name="portal_login_email"),
            # what is forgotten
            models.Index(fields=["expires_at"], name="portal_login_expires"),
        ]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M}"


class PortalSession(models.Model):
    """Somebody who logged in by a link sent to an address. They see the tickets of every customer who has that address,
    for as long as they have it. It is nobody of the staff."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)  # SHA-256 of what the cookie holds
    email_index = models.CharField(max_length=32, editable=False)
    # Whom the link was sent to; others may have the same address.
    customer = models.ForeignKey("customers.Customer", models.CASCADE, verbose_name=_("customer"), related_name="+")
    begun_at = models.DateTimeField(_("began"))
    seen_at = models.DateTimeField(_("seen at"))

    on_merge = {"customer": OnMerge.MOVE}

    objects = OfCustomerQuerySet["PortalSession"].as_manager()

    class Meta:
        verbose_name = _("portal session")
        verbose_name_plural = _("portal sessions")
        ordering = ["-seen_at", "-id"]
        indexes = [
            # those of an address
            models.Index(fields=["email_index"], name="portal_session_email"),
            # the list; what is forgotten
            models.Index(fields=["-seen_at", "-id"], name="portal_session_seen"),
        ]

    def __str__(self) -> str:
        return f"{self.begun_at:%Y-%m-%d %H:%M}"


class PortalReceipt(models.Model):
    """Something that a page of the portal sent, by a hash of the key that the page was given and of what was typed:
    sent twice, it is one message."""

    digest = models.CharField(max_length=64, unique=True)
    # Null only within the transaction that takes it in.
    message = models.ForeignKey(Message, models.CASCADE, null=True, related_name="+")

    class Meta:
        verbose_name = _("receipt of the portal")
        verbose_name_plural = _("receipts of the portal")

    def __str__(self) -> str:
        return str(self.pk)
