from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from django.db import OperationalError
from django.utils.translation import gettext as _

from customers.backup.archive import stored_bytes, write_database, write_manifest
from customers.backup.engine import Engine, engine_of, own
from customers.backup.files import copy_files
from customers.backup.manifest import Contents, Manifest
from customers.backup.patience import told_until
from customers.backup.place import Place, new_name, taken_at, workshop
from customers.backup.tools import BackupFailed
from customers.choices import KeyPurpose
from customers.models import Backup, DataKey
from customers.operations.job_kinds import Clock
from customers.operations.know_backups import know_backups, note_backup

# Told how much is done and at what; what it raises ends the work.
Tell = Callable[[int, str], None]
# A rotation of keys begins seldom, and not thrice in a row.
TRIES = 3


class _KeysMoved(Exception):
    """A data key was made after the snapshot: files may be under a key that the copy does not hold."""


def make_backup(*, clock: Clock, tell: Tell = lambda _done, _step: None, place: Place | None = None) -> Backup:
    """Copy the database and the files beside it into the folder of backups, encrypted; returns the row that tells of
    it.

    The copy is one state of the database, in which the figures of its tables are taken as well. It has its name only
    when it is whole: a process that dies, or a disk that is full, leaves nothing under a name. Not in a transaction: it
    takes minutes, and the row is written when the backup is there. Raises BackupFailed, with what to do."""
    place = place or Place()
    try:
        with place.alone(lambda: tell(0, _("Waits for another backup"))):
            for attempt in range(1, TRIES + 1):
                try:
                    with workshop() as work:
                        manifest = _make(place, new_name(clock()), work, tell)
                    break
                except _KeysMoved:
                    if attempt == TRIES:
                        raise BackupFailed(_("Keys were rotated meanwhile: try again.")) from None
            know_backups(place=place)
            return note_backup(manifest=manifest, stored=stored_bytes(place.backup(manifest.name)))
    except OSError as error:
        raise BackupFailed(f"{place.folder}: {error.strerror or _('cannot be written to')}") from error
    except OperationalError as error:
        raise BackupFailed(_("The database went away meanwhile: %(why)s") % {"why": error}) from error


def _make(place: Place, name: str, work: Path, tell: Tell) -> Manifest:
    with place.draft(name) as draft:
        manifest = _copy_database(draft, name, work, tell)
        step = _("Copies files")
        files = copy_files(place, lambda done: tell(done, step))
        if _newest_key() != manifest.key_id:
            raise _KeysMoved
        manifest.files.update(files)
        write_manifest(draft, manifest)
    return manifest


def _copy_database(draft: Path, name: str, work: Path, tell: Tell) -> Manifest:
    with own() as source:
        engine = engine_of(source)
        step = _("Copies the database")
        with engine.snapshot(source, work, lambda: tell(0, step)) as snapshot, ThreadPoolExecutor(1) as pool:
            counted = pool.submit(_contents, engine, snapshot.database)
            with snapshot.dump() as chunks:
                database = write_database(draft, name, chunks, lambda done: tell(done, step))
            contents, key_id = told_until(counted, lambda: tell(database[1], _("Counts rows")))
            about = snapshot.about
    return Manifest(
        name=name,
        taken_at=taken_at(name).isoformat(),
        engine=engine.name,
        about=about,
        contents=contents,
        database=database,
        key_id=key_id,
    )


def _contents(engine: Engine, database: object) -> tuple[Contents, int]:
    """Figures of the snapshot, and the newest data key that is in it."""
    contents = engine.contents(database)
    with database.cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(f"SELECT MAX(id) FROM {DataKey._meta.db_table} WHERE purpose = %s", [KeyPurpose.DATA])  # noqa: S608
        return contents, int(cursor.fetchone()[0] or 0)


def _newest_key() -> int:
    newest = DataKey.objects.filter(purpose=KeyPurpose.DATA).order_by("-pk").first()
    return newest.pk if newest is not None else 0
