import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.choices import ContactKind, CustomerKind
from customers.encryption.blind_index import blind_index, domain_index
from customers.encryption.fields import EncryptedTextField
from customers.folding import fold
from customers.models.versioned import Versioned
from customers.querysets import CustomerQuerySet, OfCustomerQuerySet

ACTIVITY = ("last_activity_at", "activity_version")


class FoldedNameField(models.CharField):  # type: ignore[type-arg]
    """The name as it is searched, kept in step with it: by every save, and by bulk_create."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        folded = fold(getattr(model_instance, "name"))[: self.max_length]  # noqa: B009 - a model with a name
        setattr(model_instance, self.attname, folded)
        return folded


class Customer(Versioned):
    """A party: a person or an organisation. A contact is a person related to an organisation."""

    kind = models.CharField(_("kind"), max_length=12, choices=CustomerKind, default=CustomerKind.PERSON)
    name = models.CharField(_("name"), max_length=255)
    search_name = FoldedNameField(max_length=255, default="", editable=False)
    given_name = models.CharField(_("given name"), max_length=128, blank=True)
    family_name = models.CharField(_("family name"), max_length=128, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True, help_text=_("Two letters, as in ISO 3166."))
    industry = models.CharField(_("industry"), max_length=100, blank=True)
    team = models.ForeignKey("customers.Team", models.PROTECT, verbose_name=_("team"), related_name="customers")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("owner"),
        null=True,
        blank=True,
        related_name="customers",
    )
    attributes = models.JSONField(_("custom attributes"), default=dict, blank=True)
    tags = models.ManyToManyField("customers.Tag", verbose_name=_("tags"), blank=True, related_name="customers")
    # Set by a merge: the row stays, with its history, but nobody sees it any more.
    merged_into = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("merged into"), null=True, editable=False, related_name="merged"
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)
    # Moved by record_activity only: a score that read another activity_version is stale.
    last_activity_at = models.DateTimeField(_("last activity at"), default=timezone.now, editable=False)
    activity_version = models.PositiveBigIntegerField(default=1, editable=False)

    objects = CustomerQuerySet["Customer"].as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        ordering = ["-id"]
        indexes = [
            # the changelist and the API, sorted by name
            models.Index(fields=["name"], name="customer_name"),
            # the beginning of the name, and the same name
            models.Index(fields=["search_name"], name="customer_search_name", opclasses=["varchar_pattern_ops"]),
            # the sweep: who changed since the last one
            models.Index(fields=["last_activity_at"], name="customer_activity"),
            # visible_to, newest first
            models.Index(fields=["team", "-id"], name="customer_team"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        names = kwargs.get("update_fields")
        if names is not None and "name" in names:  # type: ignore[operator]
            kwargs["update_fields"] = [*names, "search_name"]  # type: ignore[misc]
        # record_activity moves the activity under a lock of its own: saving an older copy must not move it back.
        if not self._state.adding and kwargs.get("update_fields") is None:
            kwargs["update_fields"] = [
                field.name
                for field in self._meta.concrete_fields
                if not field.primary_key and field.name not in ACTIVITY and field.attname in self.__dict__
            ]
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class ExternalId(models.Model):
    """The name another system has for a customer. A customer may have several, above all after a merge."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="external_ids")
    source = models.CharField(_("source"), max_length=32)
    source_id = models.CharField(_("id in the source"), max_length=128)

    objects = OfCustomerQuerySet["ExternalId"].as_manager()

    class Meta:
        verbose_name = _("external id")
        verbose_name_plural = _("external ids")
        constraints = [models.UniqueConstraint(fields=["source", "source_id"], name="external_id_source")]

    def __str__(self) -> str:
        return f"{self.source}:{self.source_id}"


class ContactPoint(Versioned):
    """One way to reach a customer. The value is encrypted; equal values are found by the blind index."""

    # Known before the insert, because the ciphertext is bound to it.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey(Customer, models.CASCADE, verbose_name=_("customer"), related_name="contact_points")
    kind = models.CharField(_("kind"), max_length=10, choices=ContactKind)
    value = EncryptedTextField(_("value"))
    label = models.CharField(_("label"), max_length=50, blank=True, help_text=_("For example: work, home, billing."))
    is_primary = models.BooleanField(_("primary"), default=False)
    blind_index = models.CharField(max_length=32, editable=False)
    domain_index = models.CharField(max_length=32, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    objects = OfCustomerQuerySet["ContactPoint"].as_manager()

    class Meta:
        verbose_name = _("contact point")
        verbose_name_plural = _("contact points")
        ordering = ["kind", "-is_primary", "created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["customer", "kind", "blind_index"], name="contact_point_once"),
        ]
        indexes = [
            # exact look-up by e-mail or phone
            models.Index(fields=["blind_index"], name="contact_point_blind"),
            # everybody at one company's e-mail domain
            models.Index(fields=["domain_index"], name="contact_point_domain"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.label}".strip()

    def index_value(self, *, region: str = "") -> None:
        """Set the blind indexes from the value. `save` does it; call it before bulk_create."""
        self.blind_index = blind_index(self.kind, self.value, region=region)
        self.domain_index = domain_index(self.value) if self.kind == ContactKind.EMAIL else ""

    def save(self, *args: object, **kwargs: object) -> None:
        self.index_value(region=self.customer.country)
        super().save(*args, **kwargs)  # type: ignore[arg-type]
