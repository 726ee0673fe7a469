import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError
from django.utils.translation import gettext as _

from customers.backup.archive import read_database, read_manifest
from customers.backup.engine import at_address, engine_of, own
from customers.backup.files import check_file
from customers.backup.keys import WrongKey
from customers.backup.manifest import Manifest, differences
from customers.backup.patience import told_while
from customers.backup.place import Place, workshop
from customers.backup.tools import BackupFailed
from customers.encryption.cipher import CannotDecrypt
from customers.models import Backup
from customers.operations.job_kinds import Clock
from customers.operations.know_backups import in_words, know_backups

Tell = Callable[[int, str], None]
MOST_FINDINGS = 20


@dataclass(frozen=True, slots=True)
class Verification:
    """What came of it: `findings` in words, none where the backup is good."""

    name: str
    tables: int = 0
    rows: int = 0
    files: int = 0
    seconds: float = 0.0
    findings: list[str] = field(default_factory=list)


def verify_backup(
    *, name: str = "", clock: Clock, tell: Tell = lambda _done, _step: None, place: Place | None = None
) -> Verification:
    """Restore a backup, the newest unless `name` says another, into a new database that is gone afterwards, and compare
    rows, checksums, indexes and triggers with what the manifest says; read each file to its end. The row of the backup
    keeps what came of it, unless it lies in another folder than CRM_BACKUP_DIR.

    The new database is made on the server of the product or, with CRM_BACKUP_TRY_URL, on another. Raises
    NoSuchBackup, WrongKey, and BackupFailed where it could not be tried, which says nothing of the backup."""
    place, started = place or Place(), time.perf_counter()
    try:
        with place.alone(lambda: tell(0, _("Waits for another backup"))), workshop() as work:
            name = name or place.newest()
            found = _verify(place, place.backup(name), work, settings.BACKUP_TRY_URL, tell)
    except DatabaseError as error:
        raise BackupFailed(_("The database to try it in did not answer: %(why)s") % {"why": error}) from error
    if place.is_ours:
        know_backups(place=place)
        problem = "; ".join(found.findings)
        Backup.objects.filter(name=name).update(verified_at=None if problem else clock(), problem=problem)
    return Verification(
        name, found.tables, found.rows, found.files, round(time.perf_counter() - started, 3), found.findings
    )


def _verify(place: Place, folder: Path, work: Path, url: str, tell: Tell) -> Verification:
    try:
        manifest = read_manifest(folder)
    except WrongKey:
        raise
    except (CannotDecrypt, FileNotFoundError) as error:
        return Verification(folder.name, findings=[in_words(error)])
    try:
        findings = _compare(place, folder, manifest, work, url, tell)
    except (CannotDecrypt, FileNotFoundError) as error:
        findings = [in_words(error)]
    findings += list(_damaged_files(place, manifest, tell))[:MOST_FINDINGS]
    contents = manifest.contents
    return Verification(
        folder.name, len(contents.tables), contents.rows, len(manifest.files), findings=findings[:MOST_FINDINGS]
    )


def _compare(place: Place, folder: Path, manifest: Manifest, work: Path, url: str, tell: Tell) -> list[str]:
    with own(at_address(url) if url else None) as server:
        engine = engine_of(server)
        if engine.name != manifest.engine:
            raise BackupFailed(_("The backup is of another kind of database: %(kind)s.") % {"kind": manifest.engine})
        with engine.scratch(server, place.scratch_name(), manifest.about, work) as database:
            step = _("Restores into a new database")
            chunks = read_database(folder, manifest)
            told_while(lambda: engine.load(chunks, database, work), lambda: tell(0, step))
            step = _("Compares")
            found = told_while(lambda: engine.contents(database), lambda: tell(0, step))
    return differences(manifest.contents, found)


def _damaged_files(place: Place, manifest: Manifest, tell: Tell) -> Iterator[str]:
    step = _("Reads files")
    for number, (path, (name, size)) in enumerate(sorted(manifest.files.items())):
        tell(number, step)
        try:
            check_file(place, name, size)
        except (CannotDecrypt, FileNotFoundError) as error:
            what = _("is missing") if isinstance(error, FileNotFoundError) else str(error)
            where = f"{path.partition('/')[0]}/{number}"  # its name may be what somebody typed
            yield _("file %(where)s: %(what)s") % {"where": where, "what": what}
