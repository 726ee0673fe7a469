import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction

from customers.choices import Level
from customers.models import ApiToken, User
from customers.models.api_token import SCOPES

LONGEST_LIFE = timedelta(days=90)


class TokenLivesTooLong(ValueError):
    """A token may live for ninety days at most."""


class NoSuchScope(ValueError):
    """A token has at least one scope, and each is a word of SCOPES."""


def digest_of(token: str) -> str:
    """What is stored of a token: its SHA-256, as hex. The token is 256 random bits, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def issue_token(
    *,
    user: User,
    name: str,
    at: datetime,
    life: timedelta = LONGEST_LIFE,
    scopes: Collection[str] = (Level.WRITE.value,),
) -> tuple[ApiToken, str]:
    """Make an API token. Returns the row and the token itself, which is shown once and kept nowhere.

    Raises TokenLivesTooLong, NoSuchScope."""
    if life > LONGEST_LIFE:
        raise TokenLivesTooLong(f"a token may live for {LONGEST_LIFE.days} days at most")
    if not scopes or not set(scopes) <= set(SCOPES):
        raise NoSuchScope(f"scopes are words of: {', '.join(SCOPES)}")
    token = f"candid_{secrets.token_urlsafe(32)}"
    row = ApiToken.objects.create(
        user=user,
        name=name,
        digest=digest_of(token),
        created_at=at,
        expires_at=at + life,
        scopes=" ".join(scope for scope in SCOPES if scope in scopes),
    )
    return row, token
