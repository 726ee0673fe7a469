from datetime import datetime

from django.db import transaction

from customers.models import Authenticator, User
from customers.operations.check_code import WrongCode, step_of_code
from customers.operations.make_recovery_codes import make_recovery_codes


@transaction.atomic
def confirm_authenticator(*, user: User, code: str, at: datetime) -> list[str]:
    """The app shows the right code: from now on it is asked for at every log-in. Returns new recovery codes, to be
    shown once. Raises WrongCode, and then all stays as it was."""
    row = Authenticator.objects.select_for_update().filter(user=user).first()
    plain = "".join(code.split())
    step = step_of_code(row.next_secret, plain, at=at) if row is not None and row.next_secret else None
    if row is None or step is None:
        raise WrongCode
    row.secret, row.next_secret = row.next_secret, None
    row.confirmed_at, row.last_step = at, step
    row.save(update_fields=["secret", "next_secret", "confirmed_at", "last_step"])
    return make_recovery_codes(user=user, at=at)
