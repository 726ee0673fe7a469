import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from customers.models import ApiToken, User

LONGEST_LIFE = timedelta(days=90)


class TokenLivesTooLong(ValueError):
    """A token may live for ninety days at most."""


def digest_of(token: str) -> str:
    """What is stored of a token: its SHA-256, as hex. The token is 256 random bits, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def issue_token(*, user: User, name: str, at: datetime, life: timedelta = LONGEST_LIFE) -> tuple[ApiToken, str]:
    """Make an API token. Returns the row and the token itself, which is shown once and kept nowhere."""
    if life > LONGEST_LIFE:
        raise TokenLivesTooLong(f"a token may live for {LONGEST_LIFE.days} days at most")
    token = f"candid_{secrets.token_urlsafe(32)}"
    row = ApiToken.objects.create(user=user, name=name, digest=digest_of(token), created_at=at, expires_at=at + life)
    return row, token
