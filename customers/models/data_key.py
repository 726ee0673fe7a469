from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.choices import KeyPurpose


class DataKey(models.Model):
    """A key that encrypts columns or makes blind indexes, itself wrapped by CRM_ENCRYPTION_KEY."""

    purpose = models.CharField(_("purpose"), max_length=8, choices=KeyPurpose)
    wrapped = models.TextField(editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    # Of a key that encrypts columns: when no value was under it any more. It stays readable, for what was written late.
    retired_at = models.DateTimeField(_("retired at"), null=True, editable=False)

    class Meta:
        verbose_name = _("data key")
        verbose_name_plural = _("data keys")

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.pk}"
