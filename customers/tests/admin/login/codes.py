"""Phones of tests: apps that show codes."""

from datetime import datetime

import pyotp
from django.utils import timezone

from customers.models import Authenticator, User
from customers.operations.confirm_authenticator import confirm_authenticator
from customers.operations.offer_authenticator import offer_authenticator

PASSWORD = "correct horse"


def code_of(user: User, *, at: datetime | None = None, waiting: bool = False) -> str:
    """What somebody's phone shows; `waiting`: that of a secret which is not confirmed yet."""
    row = Authenticator.objects.get(user=user)
    return pyotp.TOTP(row.next_secret if waiting else row.secret).at(at or timezone.now())


def with_phone(user: User, *, at: datetime) -> list[str]:
    """Somebody who has set their second step up; returns their recovery codes."""
    offer_authenticator(user=user)
    return confirm_authenticator(user=user, code=code_of(user, at=at, waiting=True), at=at)
