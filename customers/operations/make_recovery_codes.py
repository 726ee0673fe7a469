import hashlib
import secrets
from datetime import datetime

from django.db import transaction

from customers.models import RecoveryCode, User

HOW_MANY = 10
# 79 random bits each, so that a plain hash is safe. No letter that is read as a digit.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
LENGTH = 16


def digest_of_code(code: str) -> str:
    """What is stored of a recovery code: its SHA-256, as hex."""
    return hashlib.sha256(f"recovery:{code}".encode()).hexdigest()


@transaction.atomic
def make_recovery_codes(*, user: User, at: datetime) -> list[str]:
    """New recovery codes in place of the old ones. They are returned to be shown once, and kept nowhere."""
    RecoveryCode.objects.filter(user=user).delete()
    codes = [_new_code() for _ in range(HOW_MANY)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, digest=digest_of_code(code), created_at=at) for code in codes
    )
    return ["-".join(code[i : i + 4] for i in range(0, LENGTH, 4)) for code in codes]


def _new_code() -> str:
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        if not code.isdigit():  # digits alone are taken for a code of the app
            return code
