"""Bytes of a file, encrypted on the disk or not, plain or packed with xz or gzip: told apart by what is inside and
never by the name."""

import gzip
import lzma
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from customers.encryption.cipher import CannotDecrypt
from customers.importers.files.sheet import stop
from customers.operations.uploads import open_upload

XZ, GZIP = b"\xfd7zXZ\x00", b"\x1f\x8b"


@contextmanager
def opened(path: Path) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """The bytes of a file, unpacked, and the file itself, whose position tells how far reading has come.

    Raises ImportStopped, here and while it is read, where there is no such file or it is damaged."""
    try:
        with open_upload(path) as raw, _unpacked(raw, path) as stream:
            yield stream, raw
    except FileNotFoundError as error:
        raise stop(path, _("there is no such file")) from error
    except (lzma.LZMAError, zlib.error, gzip.BadGzipFile, EOFError) as error:
        raise stop(path, _("the packed file is damaged or incomplete: pack it again")) from error
    except CannotDecrypt as error:
        raise stop(
            path, _("cannot be opened: its key is missing, or it was changed on the disk. Upload it again.")
        ) from error
    except OSError as error:
        raise stop(path, _("cannot be read (%(reason)s)") % {"reason": error.strerror or error}) from error


def _unpacked(raw: IO[bytes], path: Path) -> IO[bytes]:
    magic = raw.read(len(XZ))
    raw.seek(0)
    if magic == XZ or path.suffix == ".xz":
        return lzma.open(raw, "rb")
    if magic.startswith(GZIP):
        return gzip.open(raw, "rb")  # type: ignore[return-value]
    return raw
