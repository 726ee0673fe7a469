import logging
from collections import Counter
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from customers.audit.record import record
from customers.choices import AuditKind, KeyPurpose
from customers.models import DataKey
from customers.operations.encrypted_places import places
from customers.operations.start_rotation import is_at_work, plan_rotation, rotation_jobs, round_of

logger = logging.getLogger(__name__)

# After so many rounds something keeps writing, or cannot be read: a person must look.
MOST_ROUNDS = 5


def settle_rotation(*, at: datetime) -> bool:
    """Bring a rotation to its end: when its jobs have ended and every process knows the new key, count what is under
    older keys. Nothing: they are retired. Something, written late: another round. Returns whether they were retired.

    May be lost, doubled or run twice at once."""
    keys = list(DataKey.objects.filter(purpose=KeyPurpose.DATA, retired_at=None).order_by("-pk"))
    if len(keys) < 2:
        return False
    newest, older = keys[0], keys[1:]
    jobs = rotation_jobs(newest)
    everybody_knows = newest.created_at + timedelta(seconds=2 * settings.KEY_MEMORY_SECONDS)
    if is_at_work(jobs) or at < everybody_knows:
        return False
    round = max(map(round_of, jobs), default=0)
    if round > MOST_ROUNDS:
        return False
    left = values_by_key()
    if any(left[key.pk] for key in older):
        plan_rotation(key=newest, round=round + 1, at=at)
        return False
    with transaction.atomic():
        for key in older:
            if DataKey.objects.filter(pk=key.pk, retired_at=None).update(retired_at=at):
                record(AuditKind.CHANGED, key, verb="rotate-keys", changes={"retired_at": [None, at.isoformat()]})
                logger.info("data key %s is retired: nothing is under it", key.pk)
    return True


def values_by_key() -> Counter[int]:
    """How many values are under each data key, everywhere."""
    found: Counter[int] = Counter()
    for place in places().values():
        found.update(place.by_key())
    return found
