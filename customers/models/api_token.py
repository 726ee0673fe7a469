from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.choices import Area, Level
from customers.models.audited import Audited
from customers.querysets import AccountQuerySet

# `write` lets do everything that the user may, `read` see everything; each also for one area alone.
SCOPES = (*Level.values, *(f"{area}:{level}" for area in Area.values for level in Level.values))


class ApiToken(Audited):
    """A program's key to the API. Only its SHA-256 is kept: the token itself is shown once, when it is made."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("user"), related_name="api_tokens"
    )
    name = models.CharField(_("name"), max_length=100)
    # Words of SCOPES, with spaces between. A token may do what its scopes say and its user may: never more than both.
    scopes = models.CharField(_("scopes"), max_length=255, default=Level.WRITE.value)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True, editable=False)
    last_used_from = models.CharField(_("last used from"), max_length=45, blank=True, editable=False)

    audit_leaves_out = frozenset({"last_used_at", "last_used_from"})
    audit_hides = frozenset({"digest"})

    objects = AccountQuerySet["ApiToken"].as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created_at"]
        permissions = [("have_apitoken", _("Can have API tokens of their own"))]

    def __str__(self) -> str:
        return self.name

    def allows(self, scope: str) -> bool:
        """Whether the token may do what needs this scope, such as `tickets:read`. To write is to read as well."""
        area, _colon, level = scope.partition(":")
        held = set(self.scopes.split())
        enough = {Level.WRITE.value, f"{area}:{Level.WRITE}"}
        if level == Level.READ:
            enough |= {Level.READ.value, scope}
        return bool(held & enough)
