from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.choices import ExportFormat, OnMerge
from customers.encryption.fields import EncryptedTextField
from customers.models.audited import Audited
from customers.models.customer import Customer
from customers.models.job import Job
from customers.querysets import OwnQuerySet


class Export(Audited):
    """A list of the admin or a segment, or everything known of one person, written to a file that its owner fetches.
    Gone after a few days."""

    model = models.CharField(_("list"), max_length=100, help_text=_("Label of the model, such as customers.Customer."))
    # Encrypted, since what was searched for may be an e-mail address. Bound to the file, which has its name beforehand.
    query = EncryptedTextField(_("filters"), blank=True, help_text=_("The query string of the list."), row_key="file")
    format = models.CharField(_("format"), max_length=4, choices=ExportFormat)
    rows = models.PositiveBigIntegerField(_("rows"), null=True)
    size = models.PositiveBigIntegerField(_("size"), null=True, help_text=_("Bytes."))
    file = models.CharField(max_length=100, blank=True, editable=False)  # a random name below VAR_DIR/exports
    job = models.OneToOneField(Job, models.SET_NULL, null=True, editable=False, related_name="export")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("owner"), related_name="+")
    # Of everything known of one person: whose. Gone with the person.
    person = models.ForeignKey(
        Customer, models.CASCADE, verbose_name=_("customer"), null=True, editable=False, related_name="exports"
    )
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("kept until"))

    audit_leaves_out = frozenset({"file", "job"})
    on_merge = {"person": OnMerge.MOVE}

    objects = OwnQuerySet["Export"].as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.model} {self.pk}"


class PersonExport(Export):
    """An export of everything known of one person: it has permissions of its own."""

    class Meta:
        proxy = True
        verbose_name = _("export of a person")
        verbose_name_plural = _("exports of persons")
