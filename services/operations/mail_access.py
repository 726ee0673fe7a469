"""How a mailbox logs in: with a password, or with a token that a sign-in service hands out for a refresh token."""

import json
from datetime import datetime, timedelta
from typing import Any

import requests
from django.db.models import QuerySet

from customers.encryption.fields import EncryptedTextField, Sealed, seal_text
from services.choices import MailLogin
from services.mail.smtp import MailboxTrouble, Server
from services.models import Mailbox

CONNECT_SECONDS, READ_SECONDS = 5, 15
# A token that ends so soon is not used any more.
SPARE = timedelta(minutes=2)
# Where the service does not say how long it works.
USUAL_LIFE = 3600
LONGEST_ANSWER = 64 * 1024


def smtp_server(mailbox: Mailbox, *, at: datetime) -> Server:
    """Where and as whom a mailbox sends. Raises MailboxTrouble where the token is refused."""
    bearer = access_token(mailbox, at=at) if mailbox.login == MailLogin.OAUTH and mailbox.send_user else ""
    return Server(
        host=mailbox.send_host,
        port=mailbox.send_port,
        security=mailbox.send_security,
        user=mailbox.send_user,
        password="" if bearer else mailbox.send_secret or "",
        bearer=bearer,
        own_name=mailbox.domain,
    )


def access_token(mailbox: Mailbox, *, at: datetime) -> str:
    """The token by which a mailbox logs in now: the one in its row while it works, else a new one.

    Raises MailboxTrouble with `token CODE`."""
    if mailbox.access_token and mailbox.access_expires_at and mailbox.access_expires_at > at + SPARE:
        return str(mailbox.access_token)
    answer = _asked(mailbox)
    token, life = answer["access_token"], answer.get("expires_in")
    seconds = int(life) if isinstance(life, int | float | str) and str(life).isdigit() else USUAL_LIFE
    values: dict[str, Any] = {
        "access_token": _sealed(mailbox, "access_token", token),
        "access_expires_at": at + timedelta(seconds=seconds),
    }
    renewed = answer.get("refresh_token")
    if isinstance(renewed, str) and renewed and renewed != mailbox.refresh_token:  # some services change it each time
        values["refresh_token"] = _sealed(mailbox, "refresh_token", renewed)
    # Past the record of changes: nobody decided this, and it happens every hour.
    QuerySet(Mailbox).filter(pk=mailbox.pk).update(**values)
    for name, value in values.items():
        setattr(mailbox, name, value)
    return str(token)


def _asked(mailbox: Mailbox) -> dict[str, Any]:
    asked = {
        "grant_type": "refresh_token",
        "refresh_token": mailbox.refresh_token or "",
        "client_id": mailbox.client_id,
        "client_secret": mailbox.client_secret or "",
        "scope": mailbox.oauth_scope,
    }
    try:
        with requests.post(
            mailbox.token_url,
            data={name: value for name, value in asked.items() if value},
            timeout=(CONNECT_SECONDS, READ_SECONDS),
            allow_redirects=False,
            stream=True,
        ) as response:
            response.raw.decode_content = True
            answer = json.loads(response.raw.read(LONGEST_ANSWER))
    except requests.Timeout as error:
        raise MailboxTrouble("token timeout") from error
    except (requests.RequestException, OSError) as error:
        raise MailboxTrouble("token network") from error
    except ValueError as error:
        raise MailboxTrouble("token answer") from error
    if not isinstance(answer, dict) or not isinstance(answer.get("access_token"), str):
        code = answer.get("error") if isinstance(answer, dict) else None
        known = isinstance(code, str) and code.isascii() and code.replace("_", "").isalnum()
        raise MailboxTrouble(f"token {str(code)[:40]}" if known else "token answer")
    return answer


def _sealed(mailbox: Mailbox, name: str, text: str) -> Sealed:
    field: Any = Mailbox._meta.get_field(name)
    assert isinstance(field, EncryptedTextField)  # noqa: S101 - for the type checker
    return seal_text(text, bound_to=field.bound_to(mailbox))
