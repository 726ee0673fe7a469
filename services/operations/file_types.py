"""Which files may hang on a ticket: by the end of the name and by how the content begins. Both must agree, and the
content type is the one of this table, never what a browser claims."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.utils.translation import gettext as _

HEAD = 4096  # so many bytes tell what it is

ZIP = (b"PK\x03\x04", b"PK\x05\x06")
OLE = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)
OFFICE = "application/vnd.openxmlformats-officedocument"
OPEN_DOCUMENT = "application/vnd.oasis.opendocument"


@dataclass(frozen=True, slots=True)
class FileType:
    """A kind of file that is taken. `is_picture`: browsers show it without running anything in it."""

    content_type: str
    begins: Callable[[bytes], bool]
    is_picture: bool = False


class FileRefused(ValueError):
    """The file is not taken. Nothing was kept of it."""


def _with(*signs: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(signs)


def _plain(head: bytes) -> bool:
    """Text in UTF-8 or an older code of one byte: no control signs but those that break lines."""
    return not any(byte < 32 and byte not in b"\t\n\x0c\r\x1b" for byte in head)


def _webp(head: bytes) -> bool:
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


def _mp4(head: bytes) -> bool:
    return head[4:8] == b"ftyp"


TYPES: dict[str, FileType] = {
    "pdf": FileType("application/pdf", _with(b"%PDF-")),
    "png": FileType("image/png", _with(b"\x89PNG\r\n\x1a\n"), is_picture=True),
    "jpg": FileType("image/jpeg", _with(b"\xff\xd8\xff"), is_picture=True),
    "jpeg": FileType("image/jpeg", _with(b"\xff\xd8\xff"), is_picture=True),
    "gif": FileType("image/gif", _with(b"GIF87a", b"GIF89a"), is_picture=True),
    "webp": FileType("image/webp", _webp, is_picture=True),
    "txt": FileType("text/plain", _plain),
    "log": FileType("text/plain", _plain),
    "csv": FileType("text/csv", _plain),
    "docx": FileType(f"{OFFICE}.wordprocessingml.document", _with(*ZIP)),
    "xlsx": FileType(f"{OFFICE}.spreadsheetml.sheet", _with(*ZIP)),
    "pptx": FileType(f"{OFFICE}.presentationml.presentation", _with(*ZIP)),
    "odt": FileType(f"{OPEN_DOCUMENT}.text", _with(*ZIP)),
    "ods": FileType(f"{OPEN_DOCUMENT}.spreadsheet", _with(*ZIP)),
    "doc": FileType("application/msword", _with(*OLE)),
    "xls": FileType("application/vnd.ms-excel", _with(*OLE)),
    "ppt": FileType("application/vnd.ms-powerpoint", _with(*OLE)),
    "msg": FileType("application/vnd.ms-outlook", _with(*OLE)),
    "eml": FileType("message/rfc822", _plain),
    "zip": FileType("application/zip", _with(*ZIP)),
    "mp4": FileType("video/mp4", _mp4),
}
PICTURES = {kind.content_type for kind in TYPES.values() if kind.is_picture}


def type_of(name: str, head: bytes) -> FileType:
    """What this file is. Raises FileRefused where such files are not taken, or it is none of its name's."""
    end = PurePosixPath(name).suffix.lower().removeprefix(".")
    found = TYPES.get(end)
    if found is None:
        text = _("Files such as “%(name)s” are not taken. These are: %(ends)s.")
        raise FileRefused(text % {"name": name, "ends": ", ".join(TYPES)})
    if not found.begins(head):
        raise FileRefused(_("“%(name)s” does not hold what its name says.") % {"name": name})
    return found
