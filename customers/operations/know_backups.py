from django.utils.translation import gettext as _

from customers.backup.archive import read_manifest, stored_bytes
from customers.backup.manifest import Manifest
from customers.backup.place import Place, taken_at
from customers.encryption.cipher import CannotDecrypt
from customers.models import Backup


def know_backups(*, place: Place) -> list[Backup]:
    """Have the rows tell what is in the folder, whoever put it there or took it away; the newest first.

    After a restore the folder holds backups that are newer than the rows."""
    names = place.names()
    Backup.objects.exclude(name__in=names).delete()
    known = set(Backup.objects.values_list("name", flat=True))
    for name in names:
        if name not in known:
            _note(place, name)
    return list(Backup.objects.order_by("-name"))


def _note(place: Place, name: str) -> None:
    try:
        folder = place.backup(name)
        note_backup(manifest=read_manifest(folder), stored=stored_bytes(folder))
    except (CannotDecrypt, OSError) as error:
        Backup.objects.get_or_create(name=name, defaults={"taken_at": taken_at(name), "problem": in_words(error)})


def note_backup(*, manifest: Manifest, stored: int) -> Backup:
    """The row of a backup that takes so many bytes."""
    contents = manifest.contents
    values = {
        "taken_at": taken_at(manifest.name),
        "server": manifest.about.get("server", manifest.engine),
        "tables": len(contents.tables),
        "rows": contents.rows,
        "bytes": stored,
        "files": len(manifest.files),
        "file_bytes": manifest.file_bytes,
    }
    return Backup.objects.get_or_create(name=manifest.name, defaults=values)[0]


def in_words(error: Exception) -> str:
    """What is wrong with a file of a backup."""
    if isinstance(error, FileNotFoundError):
        return _("a file of the backup is missing")
    return (error.strerror or _("it cannot be read")) if isinstance(error, OSError) else str(error)
