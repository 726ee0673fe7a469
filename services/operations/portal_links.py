"""Addresses of the portal, and the secrets that open it: of each, a hash is kept."""

import hashlib
import secrets

from django.conf import settings
from django.urls import reverse

from services.choices import Channel
from services.models import Ticket

LINKED = (Channel.WEB, Channel.PORTAL)


def new_secret() -> str:
    """Something that nobody guesses."""
    return secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """What is kept of a secret: it needs no salt, being long and random."""
    return hashlib.sha256(secret.encode()).hexdigest()


def link_of_login(secret: str) -> str:
    """The whole link that logs in, as a customer gets it."""
    return f"{settings.PUBLIC_URL}{reverse('portal-link', args=[secret])}"


def portal_link(ticket: Ticket) -> str:
    """Where the customer reads a ticket and answers; empty where the portal is off, or the ticket came another way."""
    if not settings.PORTAL or ticket.channel not in LINKED:
        return ""
    return f"{settings.PUBLIC_URL}{reverse('portal-ticket', args=[ticket.number])}"
