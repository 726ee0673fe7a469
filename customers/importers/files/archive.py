"""A zip of files, unpacked into a folder: under names of our own making, and never more than a disk bears."""

import re
import shutil
import zipfile
import zlib
from pathlib import Path

from django.utils.translation import gettext as _

from customers.importers.files.sheet import stop
from customers.operations.uploads import free_name

MOST_FILES = 200
MOST_BYTES = 8 << 30
CHUNK = 1 << 20
# Folders, and what systems and editors leave beside files.
NOT_MEANT = re.compile(r"(^|/)__MACOSX/|(^|/)(\.(?!\.)|~\$)[^/]*$|/$")


def unpack(path: Path, into: Path) -> list[Path]:
    """Unpack the files of a zip archive into a folder, without their folders; returns them in the order of the
    archive. Raises ImportStopped for what is locked, damaged or too much, and where nothing is in it."""
    found: list[Path] = []
    try:
        with zipfile.ZipFile(path) as archive:
            parts = [part for part in archive.infolist() if not NOT_MEANT.search(part.filename)]
            if len(parts) > MOST_FILES:
                text = _("holds more than %(most)d files: import a part of them at a time.")
                raise stop(path, text % {"most": MOST_FILES})
            if any(part.flag_bits & 1 for part in parts):
                raise stop(path, _("is locked with a password: pack it again without one."))
            room = MOST_BYTES
            for part in parts:
                target = into / free_name(part.filename, (one.name for one in into.iterdir()))
                found.append(target)
                room -= _copy(archive, part, target, room, path)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise stop(path, _("the file is damaged or incomplete: save or pack it again")) from error
    if not found:
        raise stop(path, _("is empty"))
    return found


def _copy(archive: zipfile.ZipFile, part: zipfile.ZipInfo, target: Path, room: int, path: Path) -> int:
    size = 0
    if min(room, shutil.disk_usage(target.parent).free) < part.file_size:
        raise stop(path, _("unpacks to more than there is room for: import a part of it at a time."))
    with archive.open(part) as stream, _new(target).open("r+b") as out:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > room:
                raise stop(path, _("unpacks to more than there is room for: import a part of it at a time."))
            out.write(chunk)
    return size


def _new(path: Path) -> Path:
    path.touch(mode=0o600, exist_ok=False)
    return path
