import hashlib
from datetime import datetime
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from services.models import ChatSession, ChatWidget
from services.operations.mail_sender import is_our_mailbox

LONGEST_NAME = 100
LONGEST_ADDRESS = 200
LONGEST_PAGE = 500


class BadAddress(ValueError):
    """The e-mail address is none, or one of ours. Nothing was changed."""


def digest_of(secret: str, *, widget: UUID) -> str:
    """Under which the chat of a widget is found by its visitor's secret, which is long and random."""
    return hashlib.sha256(f"{widget}:{secret}".encode()).hexdigest()


def start_chat(
    *,
    widget: ChatWidget,
    secret: str,
    at: datetime,
    name: str = "",
    email: str = "",
    page: str = "",
    language: str = "",
) -> ChatSession:
    """Begin a chat with the visitor who has this secret. The same again changes nothing but who they are: what is left
    out stays. No ticket is opened before they say something.

    Raises BadAddress."""
    given = {"name": " ".join(name.split())[:LONGEST_NAME], "email": _clean(email)}
    known = {field: value for field, value in given.items() if value}
    session, is_new = ChatSession.objects.get_or_create(
        digest=digest_of(secret, widget=widget.key),
        widget=widget,
        defaults={
            "page": page_without_query(page),
            "language": language,
            "started_at": at,
            "heard_at": at,
            **known,
        },
    )
    if known and not is_new:
        for field, value in known.items():
            setattr(session, field, value)
        session.save(update_fields=[*known])
    return session


def page_without_query(page: str) -> str:
    """An address without what may be somebody's own: what stands behind ? and #."""
    try:
        parts = urlsplit(page.strip())
        host = parts.hostname or ""
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))[:LONGEST_PAGE]


def _clean(email: str) -> str:
    address = email.strip()
    if not address:
        return ""
    try:
        validate_email(address)
    except ValidationError:
        raise BadAddress(_("This is no e-mail address. Look it over, or leave it out.")) from None
    if len(address) > LONGEST_ADDRESS:
        raise BadAddress(_("This is no e-mail address. Look it over, or leave it out."))
    if is_our_mailbox(address):
        raise BadAddress(_("This is our own address. Give yours, so that we can answer you."))
    return address
