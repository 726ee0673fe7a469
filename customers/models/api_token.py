from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.audit.rows import AuditedQuerySet
from customers.models.audited import Audited


class ApiToken(Audited):
    """A program's key to the API. Only its SHA-256 is kept: the token itself is shown once, when it is made."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("user"), related_name="api_tokens"
    )
    name = models.CharField(_("name"), max_length=100)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True, editable=False)

    audit_leaves_out = frozenset({"last_used_at"})
    audit_hides = frozenset({"digest"})

    objects = AuditedQuerySet["ApiToken"].as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name
