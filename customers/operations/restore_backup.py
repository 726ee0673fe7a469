from collections.abc import Callable
from pathlib import Path, PurePosixPath

from django.conf import settings

from customers.backup.archive import read_database, read_manifest
from customers.backup.engine import Engine, engine_of, own
from customers.backup.files import check_file, holds, restore_file
from customers.backup.keys import WrongKey
from customers.backup.manifest import Manifest, differences
from customers.backup.place import Place, workshop
from customers.backup.tools import BackupFailed
from customers.encryption.cipher import CannotDecrypt

Tell = Callable[[int, str], None]


class NotEmpty(Exception):
    """Something is where the backup would go. Nothing was changed."""


class BackupDamaged(Exception):
    """The backup, or what was restored from it, is not what it should be."""


def restore_backup(*, name: str = "", tell: Tell = lambda _done, _step: None, place: Place | None = None) -> Manifest:
    """Put a backup, the newest unless `name` says another, into the database of DATABASE_URL, which must be empty, and
    its files into CRM_VAR_DIR; returns its manifest.

    Everything is read and checked before anything is written. What was restored is compared with the manifest. Raises
    NotEmpty, BackupDamaged, BackupFailed, NoSuchBackup, WrongKey."""
    place = place or Place()
    with place.alone(), workshop() as work, own() as database:
        engine = engine_of(database)
        folder = place.backup(name or place.newest())
        try:
            manifest = read_manifest(folder)
            _require_room(engine, database, manifest)
            tell(0, "Reads the backup")
            _read_through(place, folder, manifest)
            tell(0, "Restores the database")
            engine.load(read_database(folder, manifest), database, work)
            tell(0, "Compares")
            if found := differences(manifest.contents, engine.contents(database)):
                raise BackupDamaged(f"What was restored differs from the manifest, do not use it: {'; '.join(found)}")
            for number, (path, (stored, size)) in enumerate(sorted(manifest.files.items())):
                tell(number, "Restores files")
                restore_file(place, stored, size, _target(path))
        except WrongKey:
            raise
        except CannotDecrypt as error:
            raise BackupDamaged(f"The backup {folder.name} is damaged: {error}") from error
        except FileNotFoundError as error:
            raise BackupDamaged(f"The backup {folder.name} is not whole: a file is missing") from error
        except OSError as error:
            raise BackupFailed(f"It could not be restored: {error.strerror}") from error
    return manifest


def _require_room(engine: Engine, database: object, manifest: Manifest) -> None:
    if engine.name != manifest.engine:
        raise BackupFailed(f"The backup is of {manifest.engine}, and DATABASE_URL names {engine.name}.")
    if not engine.is_empty(database):
        raise NotEmpty(
            "The database that DATABASE_URL names is not empty. A backup is restored into a new one only: make one, "
            "and have DATABASE_URL name it."
        )
    for path, (stored, _size) in manifest.files.items():
        target = _target(path)
        if target.exists() and not holds(target, stored):
            raise NotEmpty(
                f"There are other files in {Path(settings.VAR_DIR) / path.partition('/')[0]}. Move that folder away, "
                "or have CRM_VAR_DIR name a new one."
            )


def _target(path: str) -> Path:
    parts = PurePosixPath(path).parts
    if not parts or PurePosixPath(path).is_absolute() or ".." in parts:
        raise CannotDecrypt("the manifest names a file outside of its place")
    return Path(settings.VAR_DIR, *parts)


def _read_through(place: Place, folder: Path, manifest: Manifest) -> None:
    for _chunk in read_database(folder, manifest):
        pass
    for stored, size in manifest.files.values():
        check_file(place, stored, size)
