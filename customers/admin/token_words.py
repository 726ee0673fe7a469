"""API tokens in words: what one may do, and whether it works."""

from datetime import datetime

from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.choices import Area, Level
from customers.models import ApiToken

EVERYTHING = {
    Level.READ.value: gettext_lazy("Read everything"),
    Level.WRITE.value: gettext_lazy("Read and write everything"),
}
SCOPE_CHOICES = [
    *EVERYTHING.items(),
    *((f"{area}:{level}", format_lazy("{}: {}", area.label, level.label)) for area in Area for level in Level),
]


def token_state(token: ApiToken, *, at: datetime) -> tuple[str, str]:
    """Whether it works: a code and a word."""
    if token.revoked_at:
        return "revoked", _("revoked")
    if token.expires_at <= at:
        return "expired", _("expired")
    return "valid", _("valid")


def scope_words(token: ApiToken) -> list[str]:
    """Its scopes, as they are named in the API."""
    return token.scopes.split()
