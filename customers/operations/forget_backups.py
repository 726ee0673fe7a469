from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from customers.backup.archive import read_manifest
from customers.backup.files import forget_files
from customers.backup.keeping import Candidate, Kept, keep
from customers.backup.place import Place
from customers.encryption.cipher import CannotDecrypt
from customers.models import Backup
from customers.operations.know_backups import know_backups

# For so long one that was found wanting is there to be looked at.
WANTING_DAYS = 7


def kept_as(backups: list[Backup]) -> dict[str, set[str]]:
    """What each backup that stays is kept as, by name (customers.backup.keeping.keep)."""
    candidates = [Candidate(one.name, one.taken_at, one.is_good) for one in backups]
    return keep(candidates, Kept(*settings.BACKUP_KEEP), timezone.get_default_timezone())


def forget_backups(*, at: datetime, place: Place | None = None) -> list[str]:
    """Delete the backups that are kept no longer, and stored files that none needs; returns the names. Those that were
    found wanting go after a week. The files of all are left alone while one cannot be read."""
    place = place or Place()
    with place.alone():
        backups = know_backups(place=place)
        kept = kept_as(backups)
        gone = [one.name for one in backups if one.name not in kept and _may_go(one, at)]
        for name in gone:
            place.forget(name)
        Backup.objects.filter(name__in=gone).delete()
        used = _used(place)
        if used is not None:
            forget_files(place, used)
    return gone


def _may_go(one: Backup, at: datetime) -> bool:
    return one.is_good is not False or one.taken_at < at - timedelta(days=WANTING_DAYS)


def _used(place: Place) -> set[str] | None:
    used: set[str] = set()
    for name in place.names():
        try:
            used |= {stored for stored, _size in read_manifest(place.backup(name)).files.values()}
        except (CannotDecrypt, OSError):
            return None
    return used
