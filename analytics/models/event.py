"""Behaviour events, and who they are of. docs/decisions/0038-events.md says why the tables look as they do."""

import zoneinfo

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from analytics.choices import EventFormat, IdentityKind, IdentityLink
from analytics.querysets import EventQuerySet, IdentityQuerySet
from customers.choices import OnMerge
from customers.encryption.fields import EncryptedTextField
from customers.models import Versioned
from customers.querysets import OpenCatalogueQuerySet

LONGEST_NAME = 200


class EventSource(Versioned):
    """Where events come from: a project of Mixpanel or Amplitude, a property of GA4, or a program of one's own."""

    id = models.SmallAutoField(primary_key=True)
    slug = models.SlugField(_("short name"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=10, choices=EventFormat, default=EventFormat.API)
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        default="UTC",
        help_text=_("Of times that name none: projects of Mixpanel from before 2023 export the time of the project."),
    )
    id_source = models.CharField(
        _("source of user ids"),
        max_length=32,
        blank=True,
        help_text=_("A user id that is an external id of this source is that customer. Empty: of the short name."),
    )

    objects = OpenCatalogueQuerySet["EventSource"].as_manager()

    class Meta:
        verbose_name = _("event source")
        verbose_name_plural = _("event sources")
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.name or self.slug

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The time zone of times that name none."""
        return zoneinfo.ZoneInfo(self.time_zone)

    def clean(self) -> None:
        """Refuse a time zone that nobody knows."""
        try:
            zoneinfo.ZoneInfo(self.time_zone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            raise ValidationError(
                {"time_zone": _("There is no such time zone. Write it like Asia/Shanghai.")}
            ) from None


class EventName(models.Model):
    """What happened, once for all events of that name."""

    name = models.CharField(_("name"), max_length=LONGEST_NAME, unique=True)

    objects = OpenCatalogueQuerySet["EventName"].as_manager()

    class Meta:
        verbose_name = _("event name")
        verbose_name_plural = _("event names")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class EventIdentity(models.Model):
    """A device or a user as one source knows it. Events refer to it and never change: linking a device to a user, or a
    user to a customer, also tells whose the earlier events are.

    `person` is who reports count: twice the key of the customer, or, where none is known, twice the `root` and one.
    The root is the identity itself or, of a device that belongs to a user, that user."""

    source = models.ForeignKey(EventSource, models.PROTECT, verbose_name=_("source"), related_name="identities")
    kind = models.CharField(_("kind"), max_length=6, choices=IdentityKind)
    # Of source, kind and key: how an identity is found, since the key is encrypted.
    key_index = models.CharField(max_length=32, unique=True, editable=False)
    key = EncryptedTextField(_("key"), row_key="key_index", editable=False)
    # Of the e-mail address that the source told of a user, as ContactPoint.blind_index: a customer may come later.
    email_index = models.CharField(max_length=32, blank=True, editable=False)
    owner = models.ForeignKey(
        "self", models.SET_NULL, verbose_name=_("user of the device"), null=True, blank=True, related_name="devices"
    )
    root = models.BigIntegerField(null=True, editable=False)
    customer = models.ForeignKey(
        "customers.Customer",
        models.SET_NULL,
        verbose_name=_("customer"),
        null=True,
        blank=True,
        related_name="event_identities",
    )
    link = models.CharField(_("known by"), max_length=11, choices=IdentityLink, blank=True, editable=False)
    person = models.GeneratedField(
        expression=Coalesce(F("customer_id") * 2, F("root") * 2 + 1),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    created_at = models.DateTimeField(_("first seen at"), editable=False)

    on_merge = {"customer": OnMerge.MOVE}

    objects = IdentityQuerySet["EventIdentity"].as_manager()

    class Meta:
        verbose_name = _("event identity")
        verbose_name_plural = _("event identities")
        ordering = ["-id"]
        indexes = [
            # who reports count, and the events of a person
            models.Index(fields=["person"], name="event_identity_person"),
            # a customer who comes later
            models.Index(fields=["email_index"], name="event_identity_email"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    def audit_customers(self) -> list[int | None]:
        """Who it is."""
        return [self.customer_id]


class Event(models.Model):
    """Something that a person or a device did. Append-only.

    The key is made of the moment and of what the source calls the event, in the form of a UUID of version 7
    (operations.event_keys): the same event comes to the same key, and keys are in the order of time. On PostgreSQL the
    table is parted by month of `at`, and partitions are made as events come. No constraint of the database guards the
    three references: to check them takes as long as to write the event."""

    id = models.UUIDField(primary_key=True, editable=False)
    at = models.DateTimeField(_("at"))
    identity = models.ForeignKey(
        EventIdentity,
        models.DO_NOTHING,
        verbose_name=_("identity"),
        related_name="events",
        db_constraint=False,
        db_index=False,
    )
    # 63 bits of a hash of identity and the source's id of the session.
    session = models.BigIntegerField(_("session"), null=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    name = models.ForeignKey(
        EventName, models.DO_NOTHING, verbose_name=_("name"), related_name="+", db_constraint=False, db_index=False
    )
    source = models.ForeignKey(
        EventSource, models.DO_NOTHING, verbose_name=_("source"), related_name="+", db_constraint=False, db_index=False
    )
    properties = models.JSONField(_("properties"), default=dict)

    objects = EventQuerySet["Event"].as_manager()

    class Meta:
        verbose_name = _("behaviour event")
        verbose_name_plural = _("behaviour events")
        ordering = ["-id"]
        indexes = [
            # reports: one kind of event over a range of time, and who did it
            models.Index(fields=["name", "at", "identity"], name="event_name_at"),
            # what a person did, in order: funnels, paths, timelines
            models.Index(fields=["identity", "at"], name="event_identity_at"),
        ]

    def __str__(self) -> str:
        return f"{self.name_id} {self.at:%Y-%m-%d %H:%M}"
