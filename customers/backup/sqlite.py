"""SQLite: VACUUM INTO, which is one read transaction. (Copying the file spoilt 7 of 20 copies under writes.)"""

import gzip
import hashlib
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any

from django.db import DatabaseError
from django.utils.translation import gettext as _

from customers.backup.engine import Snapshot, own, renamed
from customers.backup.manifest import Contents
from customers.backup.patience import told_while
from customers.backup.server import first_column
from customers.backup.tools import CHUNK_BYTES, BackupFailed

LEVEL = 3  # of gzip: a fifth of the time of 9 for a tenth more
MOST = 2**64
SIDES = ("-wal", "-shm", "-journal")


class SQLite:
    """See customers.backup.engine.Engine."""

    name = "sqlite"

    @contextmanager
    def snapshot(self, source: Any, work: Path, tell: Callable[[], None]) -> Iterator[Snapshot]:
        """A copy is made; all else reads that copy."""
        copy = work / "copy.sqlite3"

        def vacuum() -> None:
            with source.cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [str(copy)])

        try:
            told_while(vacuum, tell)
        except DatabaseError as error:
            raise BackupFailed(_("SQLite could not copy the database: %(why)s") % {"why": error}) from error
        copy.chmod(0o600)
        with own(renamed(source, str(copy))) as database:
            yield Snapshot(lambda: _packed(copy), database, {"server": _version(database)})

    def contents(self, database: Any) -> Contents:
        """Rows are hashed here, since SQLite has no function for it."""
        # Not by Django's connection, which makes dates and yes or no of what is stored; nor is all text proper UTF-8.
        with closing(sqlite3.connect(database.settings_dict["NAME"])) as plain:
            known = plain.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name").fetchall()
            names = [name for kind, name, _sql in known if kind == "table" and not name.startswith("sqlite_stat")]
            plain.text_factory = bytes
            tables = {name: _table(plain, name) for name in names}
        objects = {kind: [name for of, name, sql in known if of == kind and sql] for kind in ("index", "trigger")}
        return Contents(tables, objects)

    def is_empty(self, database: Any) -> bool:
        """A file that is not there, or has no table; with a log of changes beside it, it may be anything."""
        path = Path(str(database.settings_dict["NAME"]))
        if any(side.exists() and side.stat().st_size for side in _sides(path)):
            return False
        if not path.exists() or not path.stat().st_size:
            return True
        with database.cursor() as cursor:
            return not first_column(cursor, "SELECT name FROM sqlite_master WHERE type = 'table'")

    @contextmanager
    def scratch(self, server: Any, name: str, about: dict[str, str], work: Path) -> Iterator[Any]:
        """A file in the workshop."""
        with own(renamed(server, str(work / f"{name}.sqlite3"))) as database:
            yield database

    def load(self, chunks: Iterable[bytes], database: Any, work: Path) -> None:
        """The file is unpacked beside, looked through, and gets its name when it is whole. Raises BackupFailed."""
        path = Path(str(database.settings_dict["NAME"]))
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.restoring")
        try:
            with draft.open("wb") as file:
                draft.chmod(0o600)
                _unpack(chunks, file)
            with own(renamed(database, str(draft))) as whole, whole.cursor() as cursor:
                if (found := first_column(cursor, "PRAGMA quick_check(1)")) != ["ok"]:
                    raise BackupFailed(_("SQLite says that the copy is damaged: %(why)s") % {"why": found[0]})
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            for side in (*_sides(draft), *_sides(path)):
                side.unlink(missing_ok=True)
            database.close()
            draft.replace(path)
        except (DatabaseError, zlib.error, EOFError, gzip.BadGzipFile) as error:
            raise BackupFailed(_("SQLite cannot read the copy: %(why)s") % {"why": error}) from error
        finally:
            draft.unlink(missing_ok=True)


def _version(database: Any) -> str:
    with database.cursor() as cursor:
        return f"SQLite {first_column(cursor, 'SELECT sqlite_version()')[0]}"


def _sides(path: Path) -> list[Path]:
    return [path.with_name(path.name + side) for side in SIDES]


def _table(plain: sqlite3.Connection, name: str) -> tuple[int, str]:
    """Rows and the sum of their hashes."""
    rows = total = 0
    for row in plain.execute(f'SELECT * FROM "{name}"'):  # noqa: S608  (a name from the catalogue)
        rows += 1
        total += int.from_bytes(hashlib.blake2b(repr(row).encode(), digest_size=8).digest(), "big")
    return rows, str(total % MOST)


@contextmanager
def _packed(path: Path) -> Iterator[Iterator[bytes]]:
    with path.open("rb") as file:
        yield _pack(file)


def _pack(file: IO[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(LEVEL, wbits=31)
    while chunk := file.read(CHUNK_BYTES):
        if packed := packer.compress(chunk):
            yield packed
    yield packer.flush()


def _unpack(chunks: Iterable[bytes], file: IO[bytes]) -> None:
    opener = zlib.decompressobj(wbits=31)
    for chunk in chunks:
        file.write(opener.decompress(chunk))
    file.write(opener.flush())
    if not opener.eof:
        raise EOFError("the copy was cut off")


ENGINE = SQLite()
