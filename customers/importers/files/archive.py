"""A zip of files, unpacked into an upload's folder: under names of our own making, and never more than a disk bears."""

import re
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from customers.encryption.files import size_of
from customers.importers.files.sheet import stop
from customers.operations.uploads import keep_file, open_upload

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
        with open_upload(path) as file, zipfile.ZipFile(file) as archive:
            parts = [part for part in archive.infolist() if not NOT_MEANT.search(part.filename)]
            if len(parts) > MOST_FILES:
                text = _("holds more than %(most)d files: import a part of them at a time.")
                raise stop(path, text % {"most": MOST_FILES})
            if any(part.flag_bits & 1 for part in parts):
                raise stop(path, _("is locked with a password: pack it again without one."))
            room = MOST_BYTES
            for part in parts:
                if min(room, shutil.disk_usage(into).free) < part.file_size:
                    raise _no_room(path)
                target = keep_file(into, part.filename, _unpacked(archive, part, room, path))
                found.append(target)
                room -= size_of(target)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise stop(path, _("the file is damaged or incomplete: save or pack it again")) from error
    if not found:
        raise stop(path, _("is empty"))
    return found


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo, room: int, path: Path) -> Iterator[bytes]:
    size = 0
    with archive.open(part) as stream:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > room:
                raise _no_room(path)
            yield chunk


def _no_room(path: Path) -> Exception:
    return stop(path, _("unpacks to more than there is room for: import a part of it at a time."))
