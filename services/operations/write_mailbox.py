from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from services.choices import FetchMethod, MailLogin
from services.models import Mailbox

# Whoever changes where a mailbox logs in must know its secrets: else they could be lured to another server.
SECRETS_OF = {
    "fetch_host": ("fetch_secret",),
    "send_host": ("send_secret",),
    "token_url": ("client_secret", "refresh_token"),
}
OUR_OWN = ("localhost", "127.0.0.1", "::1")


@transaction.atomic
def write_mailbox(
    *, mailbox: Mailbox, changes: dict[str, Any], at: datetime, expected_version: int | None = None
) -> Mailbox:
    """Save a new mailbox, or change one. A secret that is left out, or empty, stays. Whatever is changed, the mailbox
    is tried anew at once; of default mailboxes there is one, the last that was said to be.

    Raises StaleVersion, ValidationError."""
    is_new = mailbox._state.adding
    if not is_new:
        mailbox.refresh_from_db(from_queryset=Mailbox.objects.select_for_update())
        mailbox.require_version(expected_version)
    given = {name: value for name, value in changes.items() if value or name not in Mailbox.SECRETS}
    problems = lured_secrets(mailbox, given)
    for name, value in given.items():
        setattr(mailbox, name, value)
    problems |= what_is_missing(mailbox)
    if problems:
        raise ValidationError({name: [text] for name, text in problems.items()})
    mailbox.full_clean()
    if is_new:
        mailbox.save(force_insert=True)
    else:
        mailbox.save_checked(update_fields=list(given))
    # A token of before may be another account's.
    afresh = {"send_paused_until": None, "fetch_due_at": None, "access_token": None, "access_expires_at": None}
    Mailbox.objects.filter(pk=mailbox.pk).update(**afresh)
    for name, value in afresh.items():
        setattr(mailbox, name, value)
    if mailbox.is_default:
        for other in Mailbox.objects.filter(is_default=True).exclude(pk=mailbox.pk):
            other.is_default = False
            other.save_checked(update_fields=["is_default"])
    return mailbox


def lured_secrets(mailbox: Mailbox, given: dict[str, Any]) -> dict[str, str]:
    """Secrets that must be typed anew, since they would go to another server."""
    problems: dict[str, str] = {}
    for place, secrets in SECRETS_OF.items():
        stood = getattr(mailbox, place)
        if stood and place in given and given[place] != stood:
            for name in secrets:
                if getattr(mailbox, name) and not given.get(name):
                    problems[name] = _("The server is another: type this again, so that it goes to nobody else.")
    return problems


def what_is_missing(mailbox: Mailbox) -> dict[str, str]:
    """What a mailbox cannot work without, by field."""
    needed = _("This is needed.")
    problems: dict[str, str] = {}
    if mailbox.fetch_method == FetchMethod.IMAP:
        problems |= {name: needed for name in ("fetch_host", "fetch_user") if not getattr(mailbox, name)}
    if mailbox.login == MailLogin.OAUTH:
        names = ("token_url", "client_id", "refresh_token")
        problems |= {name: needed for name in names if not getattr(mailbox, name)}
        url = urlsplit(mailbox.token_url)
        if mailbox.token_url and url.scheme != "https" and url.hostname not in OUR_OWN:
            problems["token_url"] = _("The address must begin with https://, or others could read the secrets.")
    return problems
