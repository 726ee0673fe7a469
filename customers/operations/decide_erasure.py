"""What approving, refusing and withdrawing an erasure have in common."""

from datetime import datetime

from django.utils.translation import gettext as _

from customers.choices import ErasureState
from customers.models import Erasure, User
from customers.operations.erasure_hindrances import ErasureRefused

DECISION = ["state", "decision", "decided_at", "decided_by"]


def lock_waiting(erasure: Erasure, *, expected_version: int | None) -> None:
    """Lock the request. Raises StaleVersion, ErasureRefused where it was decided before."""
    erasure.refresh_from_db(from_queryset=Erasure.objects.select_for_update())
    erasure.require_version(expected_version)
    if erasure.state != ErasureState.ASKED:
        raise ErasureRefused(_("This was decided before: %(state)s.") % {"state": erasure.get_state_display()})


def decide(erasure: Erasure, *, state: ErasureState, decision: str, by: User | None, at: datetime) -> None:
    """Set the columns of a decision."""
    erasure.state, erasure.decision = state, decision.strip()
    erasure.decided_at, erasure.decided_by = at, by
