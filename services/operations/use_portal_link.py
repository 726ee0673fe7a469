from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from services.models import PortalLogin, PortalSession
from services.operations.mail_sender import customers_at_index
from services.operations.portal_links import digest_of, new_secret


class PortalLinkIsOver(Exception):
    """The link was used, is too old, was replaced by a newer one, or is none. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A session, and the secret that its cookie holds, which is known this once."""

    session: PortalSession
    secret: str


def usable_login(*, token: str, at: datetime) -> PortalLogin:
    """The log-in behind a link. Looking consumes nothing: mail scanners open links. Raises PortalLinkIsOver."""
    login = PortalLogin.objects.filter(digest=digest_of(token), used_at=None, expires_at__gt=at).first()
    if login is None:
        raise PortalLinkIsOver
    return login


@transaction.atomic
def use_portal_link(*, token: str, at: datetime) -> Begun:
    """Log in by a link, once. Raises PortalLinkIsOver, also where nobody has its address any more."""
    login = usable_login(token=token, at=at)
    if not PortalLogin.objects.filter(pk=login.pk, used_at=None, expires_at__gt=at).update(used_at=at):
        raise PortalLinkIsOver  # the other click was quicker
    if not customers_at_index(login.email_index):
        raise PortalLinkIsOver
    secret = new_secret()
    session = PortalSession.objects.create(
        digest=digest_of(secret),
        email_index=login.email_index,
        customer_id=login.customer_id,
        begun_at=at,
        seen_at=at,
    )
    return Begun(session, secret)
