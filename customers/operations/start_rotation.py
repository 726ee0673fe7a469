from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from customers.audit.record import record
from customers.choices import AuditKind, KeyPurpose, LeaseState
from customers.encryption.keyring import forget_keys, new_wrapped_key
from customers.models import DataKey, Job, User
from customers.operations.encrypted_places import places
from customers.operations.start_job import start_job

KIND = "rotate-keys"
# Values of a place beyond which several workers are at it, and how many.
LARGE, HANDS = 5_000, 4


class RotationGoesOn(Exception):
    """An earlier rotation has not come to its end. Nothing was changed."""

    def __init__(self) -> None:
        super().__init__(_("A rotation goes on already. Wait until the old key is retired."))


@transaction.atomic
def start_rotation(*, at: datetime, by: User | None = None, purpose: str = KeyPurpose.DATA) -> DataKey:
    """Make a new key. New values are under it as soon as every process knows of it; jobs put the old ones under it,
    and when none is left, the old key is retired (settle_rotation). Old values can be read all the while.

    The key that signs the audit record is only replaced: what it signed stays signed. The key of blind indexes is not
    rotated (docs/decisions/0029-keys.md). Raises RotationGoesOn."""
    if purpose not in (KeyPurpose.DATA, KeyPurpose.AUDIT):
        raise ValueError(f"keys for {purpose} are not rotated")
    standing = list(DataKey.objects.select_for_update().filter(purpose=purpose, retired_at=None).order_by("-pk"))
    if purpose == KeyPurpose.DATA and len(standing) > 1:
        raise RotationGoesOn
    key = DataKey.objects.create(purpose=purpose, wrapped=new_wrapped_key(purpose=purpose))
    record(AuditKind.ADDED, key, verb=KIND, purpose=purpose)
    if purpose == KeyPurpose.DATA:
        plan_rotation(key=key, round=1, at=at, by=by)
    transaction.on_commit(forget_keys)
    return key


def plan_rotation(*, key: DataKey, round: int, at: datetime, by: User | None = None) -> int:
    """Make the jobs that put everything under a key; returns how many. Each is made once, whoever else tries."""
    jobs = 0
    for code, place in places().items():
        others = sum(count for number, count in place.by_key().items() if number != key.pk)
        for hand in range(HANDS if others > LARGE else min(others, 1)):
            start_job(kind=KIND, subject_id=key.pk, key=f"{KIND}:{key.pk}:{round}:{code}:{hand}", by=by, at=at)
            jobs += 1
    return jobs


def rotation_jobs(key: DataKey) -> "list[Job]":
    """The jobs of a rotation, the newest round first."""
    return list(Job.objects.filter(kind=KIND, subject_id=key.pk).order_by("-pk"))


def is_at_work(jobs: list[Job]) -> bool:
    """Whether some of them have not ended."""
    return any(job.state in (LeaseState.TODO, LeaseState.LEASED) for job in jobs)


def round_of(job: Job) -> int:
    """Which round of a rotation a job is of."""
    return int(str(job.key).split(":")[2])
