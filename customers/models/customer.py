import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.choices import ContactKind, CustomerKind, OnMerge
from customers.encryption.blind_index import both_indexes
from customers.encryption.fields import EncryptedTextField
from customers.models.audited import Audited
from customers.models.derived_names import FoldedNameField, NameKeyField, following
from customers.models.versioned import Versioned
from customers.querysets import CustomerQuerySet, OfCustomerQuerySet

ACTIVITY = ("last_activity_at", "activity_version")
# Set by verbs alone (set_privacy_flag, erase_person). Whoever has one of them is not scored.
PRIVACY = ("restricted_at", "profiling_objected_at", "erased_at")


class Customer(Versioned):
    """A party: a person or an organisation. A contact is a person related to an organisation."""

    kind = models.CharField(_("kind"), max_length=12, choices=CustomerKind, default=CustomerKind.PERSON)
    name = models.CharField(_("name"), max_length=255)
    search_name = FoldedNameField(max_length=255, default="", editable=False)
    name_key = NameKeyField(default=0, editable=False)
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
    # GDPR art. 18 and 21, PIPL art. 44: since when. GDPR art. 17, PIPL art. 47: the row is a tombstone.
    restricted_at = models.DateTimeField(_("restricted since"), null=True, editable=False)
    profiling_objected_at = models.DateTimeField(_("objects to profiling since"), null=True, editable=False)
    erased_at = models.DateTimeField(_("erased at"), null=True, editable=False)

    # Whoever was merged into the one who is gone stays so: the way to the kept one leads over them.
    on_merge = {"merged_into": OnMerge.STAY}
    audit_leaves_out = frozenset({"search_name", "name_key", *ACTIVITY})

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
            # who has the same name: duplicates on entry
            models.Index(fields=["name_key"], name="customer_name_key"),
            # the sweep: who changed since the last one
            models.Index(fields=["last_activity_at"], name="customer_activity"),
            # visible_to, newest first
            models.Index(fields=["team", "-id"], name="customer_team"),
        ]

    def __str__(self) -> str:
        return self.name

    def audit_customers(self) -> list[int | None]:
        """Itself."""
        return [self.pk]

    @property
    def is_profiled(self) -> bool:
        """Whether a score and preferences may be computed: see CustomerQuerySet.profiled."""
        return all(getattr(self, name) is None for name in PRIVACY)

    def clean(self) -> None:
        """Refuse a kind that relations on record do not allow."""
        if not self.pk:
            return
        fits = ["", self.kind]
        begin, lead = (
            self.relations_from.exclude(type__from_kind__in=fits),
            self.relations_to.exclude(type__to_kind__in=fits),
        )
        if begin.exists() or lead.exists():
            raise ValidationError({"kind": _("Relations on record need the kind that stands: delete them first.")})

    def save(self, *args: object, **kwargs: object) -> None:
        names = kwargs.get("update_fields")
        if names is not None:
            kwargs["update_fields"] = [*names, *following(names)]  # type: ignore[misc, arg-type]
        # Verbs move the activity and the flags under a lock: saving an older copy must not move them back.
        if not self._state.adding and kwargs.get("update_fields") is None:
            kwargs["update_fields"] = [
                field.name
                for field in self._meta.concrete_fields
                if not field.primary_key and field.name not in (*ACTIVITY, *PRIVACY) and field.attname in self.__dict__
            ]
        super().save(*args, **kwargs)


class ExternalId(Audited):
    """The name another system has for a customer. A customer may have several, above all after a merge."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="external_ids")
    source = models.CharField(_("source"), max_length=32)
    source_id = models.CharField(_("id in the source"), max_length=128)

    on_merge = {"customer": OnMerge.MOVE}

    objects = OfCustomerQuerySet["ExternalId"].as_manager()

    class Meta:
        verbose_name = _("external id")
        verbose_name_plural = _("external ids")
        constraints = [models.UniqueConstraint(fields=["source", "source_id"], name="external_id_source")]

    def __str__(self) -> str:
        return f"{self.source}:{self.source_id}"


class IdentifierKey(models.Model):
    """A number that names one customer alone (a custom attribute for which staff said so), as a blind index: equal
    numbers are found without reading everybody's attributes. Kept in step by the verbs and by the nightly sweep."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="identifier_keys")
    blind_index = models.CharField(max_length=32, editable=False)

    on_merge = {"customer": OnMerge.FORGET}

    objects = OfCustomerQuerySet["IdentifierKey"].as_manager()

    class Meta:
        verbose_name = _("identifier key")
        verbose_name_plural = _("identifier keys")
        constraints = [models.UniqueConstraint(fields=["customer", "blind_index"], name="identifier_key_once")]
        indexes = [
            # who has the same number: duplicates on entry
            models.Index(fields=["blind_index"], name="identifier_key_blind"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}"


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

    on_merge = {"customer": OnMerge.APART}
    audit_leaves_out = frozenset({"blind_index", "domain_index"})

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
        self.blind_index, self.domain_index = both_indexes(self.kind, self.value, region=region)

    def save(self, *args: object, **kwargs: object) -> None:
        self.index_value(region=self.customer.country)
        names = kwargs.get("update_fields")
        if names is not None and {"value", "kind"} & {*names}:  # type: ignore[misc]
            kwargs["update_fields"] = [*names, "blind_index", "domain_index"]  # type: ignore[misc]
        super().save(*args, **kwargs)
