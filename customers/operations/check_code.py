import hmac
from datetime import datetime

import pyotp
from django.db import transaction

from customers.models import Authenticator, RecoveryCode, User
from customers.operations.make_recovery_codes import digest_of_code

STEP_SECONDS = 30
# Clocks may be one step apart, to either side.
DRIFT = 1


class WrongCode(Exception):
    """The code is not the one of now, or was used before."""


def step_of_code(secret: str, code: str, *, at: datetime) -> int | None:
    """The step of 30 seconds whose code this is, of those that count now; None where it is of none."""
    now, totp = int(at.timestamp()) // STEP_SECONDS, pyotp.TOTP(secret)
    found = None
    for step in range(now - DRIFT, now + DRIFT + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode()):
            found = step
    return found


@transaction.atomic
def check_code(*, user: User, code: str, at: datetime) -> bool:
    """Take a code of somebody's app, or one of their recovery codes, once. Returns whether it was a recovery code.

    Raises WrongCode, and uses nothing up."""
    plain = "".join(code.split()).replace("-", "").lower()
    if plain.isascii() and plain.isdigit():
        if _take_step(user, plain, at=at):
            return False
    elif RecoveryCode.objects.filter(user=user, digest=digest_of_code(plain), used_at=None).update(used_at=at):
        return True
    raise WrongCode


def _take_step(user: User, code: str, *, at: datetime) -> bool:
    row = Authenticator.objects.filter(user=user).first()
    step = step_of_code(row.secret, code, at=at) if row is not None and row.secret else None
    if row is None or step is None:
        return False
    # Of two requests with the same code one alone finds the step still free.
    return bool(Authenticator.objects.filter(pk=row.pk, last_step__lt=step).update(last_step=step))
