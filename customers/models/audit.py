from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.choices import AuditChannel, AuditKind
from customers.querysets import AuditEntryQuerySet


class AuditSeal(models.Model):
    """A link of the chain: it signs the entries it names and the link before, so that none can be changed, removed,
    put in another order or slipped in between. `number` counts without a gap; that it is unique makes one writer win.

    `entries` are the keys of its entries, in order. `mac` is `key id.HMAC` over the number, the time, the mac before,
    and key and mac of every entry."""

    number = models.PositiveBigIntegerField(_("number"), unique=True)
    at = models.DateTimeField(_("sealed at"))
    entries = models.JSONField()
    mac = models.CharField(max_length=80)

    class Meta:
        verbose_name = _("audit seal")
        verbose_name_plural = _("audit seals")
        ordering = ["number"]

    def __str__(self) -> str:
        return str(self.number)


class AuditEntry(models.Model):
    """One change of one row, or one export: who, what, when, from where. Append-only, also in the database.

    `values` are the old and new values, encrypted by a key of their own, which `key` holds under the current data key:
    when it is destroyed nobody reads them any more, and the chain stays whole. See docs/decisions/0028-audit.md."""

    at = models.DateTimeField(_("at"))
    kind = models.CharField(_("what"), max_length=9, choices=AuditKind)
    verb = models.CharField(_("verb"), max_length=60, blank=True)
    model = models.CharField(_("kind of row"), max_length=60)
    object_id = models.CharField(_("key"), max_length=40, blank=True)
    # No constraint: the record outlives whomever and whatever it is about.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        verbose_name=_("by"),
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,  # see below
        related_name="+",
    )
    channel = models.CharField(_("channel"), max_length=8, choices=AuditChannel)
    address = models.CharField(_("address"), max_length=45, blank=True)
    via = models.CharField(_("session, token or job"), max_length=60, blank=True)
    customer_id = models.BigIntegerField(null=True)
    other_customer_id = models.BigIntegerField(null=True)
    values = models.TextField()
    key = models.CharField(max_length=120, blank=True)
    # Unique: an entry that is copied is no second entry.
    mac = models.CharField(max_length=80, unique=True)
    seal = models.ForeignKey(AuditSeal, models.PROTECT, null=True, related_name="+")

    objects = AuditEntryQuerySet["AuditEntry"].as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-id"]
        indexes = [
            # the history of one row
            models.Index(fields=["model", "object_id", "-id"], name="audit_of_row"),
            # what somebody did
            models.Index(fields=["actor", "-id"], name="audit_of_actor"),
            # by date
            models.Index(fields=["at"], name="audit_at"),
            # a customer's history, and what their erasure makes unreadable
            models.Index(fields=["customer_id", "-id"], name="audit_of_customer"),
            models.Index(fields=["other_customer_id"], name="audit_of_other"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.model} {self.object_id}".strip()
