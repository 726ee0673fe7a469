"""“Log-in and security”: the pages on which everybody looks after their own way in."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

MAY_HAVE_TOKENS = "customers.have_apitoken"


def account_pages(request: HttpRequest) -> list[tuple[str, str]]:
    """The pages that somebody has: name of the address, and words."""
    pages = [("two_step", _("Two-step log-in")), ("own_sessions", _("My sessions"))]
    user: Any = request.user
    if user.has_perm(MAY_HAVE_TOKENS):
        pages.append(("own_tokens", _("My API tokens")))
    if user.has_usable_password() and settings.LOCAL_LOGIN:
        pages.append(("password_change", _("Change password")))
    return pages


def account_context(request: HttpRequest, page: str) -> dict[str, Any]:
    """What these pages have in common: their tabs, and which of them this is."""
    request.current_app = admin.site.name
    return {
        **admin.site.each_context(request),
        "title": _("Log-in and security"),
        "tabs": [(reverse(f"admin:{name}"), words, name == page) for name, words in account_pages(request)],
    }


def account_links(request: HttpRequest) -> list[dict[str, str]]:
    """The entries of the menu below one's name."""
    if not request.user.is_authenticated:
        return []
    return [{"title": words, "link": reverse(f"admin:{name}")} for name, words in account_pages(request)]
