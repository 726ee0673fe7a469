"""Calls, as the telephone tells of them."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.choices import Direction, OnMerge
from customers.encryption.fields import EncryptedTextField
from customers.models import Audited
from services.choices import CallState
from services.models.desk import Agent
from services.querysets import CallQuerySet


class PhoneCall(Audited):
    """A call by the id that the telephone has for it. When it has ended it is an interaction of the customer; the row
    itself, which holds the number, is forgotten after a while."""

    # Known before the insert, because the ciphertext is bound to it.
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    call_id = models.CharField(_("id in the telephone"), max_length=128, unique=True)
    direction = models.CharField(_("direction"), max_length=8, choices=Direction, default=Direction.INBOUND)
    number = EncryptedTextField(_("number"), row_key="key")
    blind_index = models.CharField(max_length=32, editable=False)
    customer = models.ForeignKey(
        "customers.Customer",
        models.SET_NULL,
        verbose_name=_("customer"),
        null=True,
        blank=True,
        related_name="phone_calls",
    )
    agent = models.ForeignKey(
        Agent, models.SET_NULL, verbose_name=_("agent"), null=True, blank=True, related_name="phone_calls"
    )
    state = models.CharField(_("state"), max_length=8, choices=CallState, default=CallState.RINGING)
    began_at = models.DateTimeField(_("began at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    seconds = models.PositiveIntegerField(_("duration, seconds"), null=True, blank=True)
    interaction = models.OneToOneField(
        "customers.Interaction",
        models.SET_NULL,
        verbose_name=_("interaction"),
        null=True,
        blank=True,
        related_name="phone_call",
    )

    on_merge = {"customer": OnMerge.MOVE}
    audit_leaves_out = frozenset({"key", "blind_index"})

    objects = CallQuerySet["PhoneCall"].as_manager()

    class Meta:
        verbose_name = _("phone call")
        verbose_name_plural = _("phone calls")
        ordering = ["-id"]
        indexes = [
            # what is old enough to be forgotten
            models.Index(fields=["began_at"], name="phone_call_began"),
        ]

    def __str__(self) -> str:
        return f"{self.get_direction_display()} {self.pk}"
