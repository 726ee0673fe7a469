from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.audit.record import record
from customers.choices import AuditKind
from customers.models import Observation, User
from customers.operations.record_activity import record_activity

# What a row that repeats a fact takes over from the one before.
FACT = ("customer_id", "factor", "measure", "value", "reference", "at", "subject_type", "subject_id", "due_at")


class FactIsPast(Exception):
    """The fact does not stand any more: it was corrected, withdrawn, left out or taken back since it was read.
    Nothing was written."""

    def __init__(self) -> None:
        super().__init__(_("This fact was corrected, left out or taken back meanwhile. Look at it again."))


class BadDecision(Exception):
    """A decision about a fact that cannot be put on record: `field` says what is wrong with it."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


@transaction.atomic
def supersede_fact(
    *, observation: Observation, is_exclusion: bool, until: datetime | None, reason: str, by: User, at: datetime
) -> Observation:
    """Put the same fact on record once more, as decided by `by` for a reason; the old row stays for old scores.

    The customer is locked first, as all who write facts do it, so that of two decisions at once one is refused. Raises
    FactIsPast, BadDecision (without a reason, or with one that is too long) and CustomerIsMerged."""
    longest = Observation._meta.get_field("reason").max_length or 0
    said = reason.strip()
    if not said:
        raise BadDecision("reason", _("Say why: whoever asks for the reasons of the score will read it."))
    if len(said) > longest:
        raise BadDecision("reason", _("Say it in at most %(number)d characters.") % {"number": longest})
    version = record_activity(customer_ids=[observation.customer_id], at=at)[observation.customer_id]
    old = Observation.objects.select_for_update().filter(pk=observation.pk, superseded_version=None).first()
    if old is None:
        raise FactIsPast
    same: dict[str, Any] = {name: getattr(old, name) for name in FACT}
    row = Observation.objects.create(
        **same,
        recorded_at=at,
        recorded_version=version,
        is_exclusion=is_exclusion,
        excluded_until=until,
        excluded_by=by,
        reason=said,
    )
    old.superseded_at, old.superseded_version = row.at, version
    old.save(update_fields=["superseded_at", "superseded_version"])
    record(AuditKind.CHANGED, row, changes={"is_exclusion": [old.is_exclusion, is_exclusion]}, reason=said)
    return row
