"""MariaDB: mariadb-dump in one transaction. It cannot take over a snapshot, so commits are held back, some 50 ms, until
both it and the connection that takes the figures have begun: both see the same."""

import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import DatabaseError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.backup.engine import Snapshot, own
from customers.backup.manifest import Contents
from customers.backup.server import Server, first_column
from customers.backup.tools import BackupFailed, environment, feed, output_of, tool

PACKAGE = "mariadb-client"
LEVEL = 3
# A lock that is not given by then is given up, since writers wait behind it.
LOCK_SECONDS = 10
# The dump says this of its first table, when its transaction has begun.
BEGUN = b"-- Table structure for table"
RELOAD = gettext_lazy(
    "The account of the database may not hold back commits for the moment in which a backup begins. As an "
    "administrator of the server: GRANT RELOAD ON *.* TO the account of DATABASE_URL."
)
GRANT = gettext_lazy(
    "The account of the database may not make one to try the backup in. As an administrator of the server: "
    "GRANT ALL ON `candid\\_try\\_%`.* TO the account of DATABASE_URL; or set CRM_BACKUP_TRY_URL to a server and an "
    "account that may."
)
DENIED = {1044, 1045, 1142, 1227, 1698}
DEFINER = re.compile(rb"/\*!50017 DEFINER=[^*]*\*/")
BYTES = {"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"}
LONG = {"tinytext", "text", "mediumtext", "longtext", "json"}
OBJECTS = {
    "index": "SELECT DISTINCT CONCAT(index_name, ' on ', table_name) FROM information_schema.statistics"
    " WHERE table_schema = DATABASE()",
    "trigger": "SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = DATABASE()",
    "constraint": "SELECT CONCAT(constraint_name, ' on ', table_name) FROM information_schema.table_constraints"
    " WHERE table_schema = DATABASE()",
}


class MariaDB(Server):
    """See customers.backup.engine.Engine."""

    name = "mariadb"
    databases = "SELECT schema_name FROM information_schema.schemata"
    any_table = "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() LIMIT 1"
    drop = "DROP DATABASE IF EXISTS `{}`"
    how_to_make = "CREATE DATABASE name CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci"

    @contextmanager
    def snapshot(self, source: Any, work: Path, tell: Callable[[], None]) -> Iterator[Snapshot]:
        """Raises BackupFailed, with what to grant."""
        with own(source.settings_dict) as lock:
            _hold_commits(lock)
            try:
                with source.cursor() as cursor:
                    cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                    cursor.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT")
                with output_of(_dump(source, work), environment()) as chunks:
                    first = _until_begun(chunks)
                    _require_held(lock)
                    lock.close()  # which lets them go
                    yield Snapshot(lambda: _packed(first, chunks), source, _about(source))
            finally:
                lock.close()
                source.close()

    def contents(self, database: Any) -> Contents:
        """Rows are hashed by the server: reading them all from here would take several times as long."""
        with database.cursor() as cursor:
            columns: dict[str, list[str]] = {}
            cursor.execute(
                "SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c"
                " JOIN information_schema.tables t USING (table_schema, table_name)"
                " WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' ORDER BY 1, c.ordinal_position"
            )
            for table, column, kind in cursor.fetchall():
                columns.setdefault(table, []).append(_as_text(column, kind))
            tables = {name: _table(cursor, name, parts) for name, parts in sorted(columns.items())}
            objects = {kind: sorted(first_column(cursor, sql)) for kind, sql in OBJECTS.items()}
        return Contents(tables, objects)

    def create(self, name: str, about: dict[str, str]) -> str:
        """In the same collation."""
        return f"CREATE DATABASE `{name}` CHARACTER SET {about['charset']} COLLATE {about['collation']}"

    def to_grant(self, error: DatabaseError, server: Any) -> str:
        """All rights to databases that are named like those."""
        return str(GRANT) if error.args and error.args[0] in DENIED else ""

    def load(self, chunks: Iterable[bytes], database: Any, work: Path) -> None:
        """MariaDB has no transaction around tables that are made: what a failure leaves is to be dropped."""
        words = ["--default-character-set=utf8mb4", "--binary-mode", "--max-allowed-packet=1G"]
        command = [tool("mariadb", "mysql", package=PACKAGE), _options(database, work), *words]
        feed([*command, str(database.settings_dict["NAME"])], environment(), _without_definers(_unpacked(chunks)))


def _hold_commits(lock: Any) -> None:
    with lock.cursor() as cursor:
        try:
            # The server itself lets commits go on if this process dies or the dump hangs.
            cursor.execute(f"SET lock_wait_timeout = {LOCK_SECONDS}, wait_timeout = {LOCK_SECONDS}")
            cursor.execute("BACKUP STAGE START")
            cursor.execute("BACKUP STAGE BLOCK_COMMIT")
        except DatabaseError as error:
            code = error.args[0] if error.args else 0
            if code in DENIED:
                raise BackupFailed(str(RELOAD)) from error
            if code == 1064:
                raise BackupFailed(_("This server is not MariaDB 10.4 or newer: it knows no BACKUP STAGE.")) from error
            raise BackupFailed(
                _("MariaDB did not hold back commits: %(why)s. Try again later.") % {"why": error}
            ) from error


def _require_held(lock: Any) -> None:
    """Raises BackupFailed where the server has let commits go on before the dump had begun."""
    try:
        with lock.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        raise BackupFailed(_("The dump of MariaDB took too long to begin. Try again later.")) from error


def _dump(source: Any, work: Path) -> list[str]:
    words = ["--single-transaction", "--quick", "--skip-lock-tables", "--hex-blob", "--skip-dump-date", "--triggers"]
    words += ["--no-tablespaces", "--default-character-set=utf8mb4", "--max-allowed-packet=1G"]
    command = [tool("mariadb-dump", "mysqldump", package=PACKAGE), _options(source, work), *words]
    return [*command, str(source.settings_dict["NAME"])]


def _options(database: Any, work: Path) -> str:
    """The option that names a file with the address and the password: arguments can be read by everybody."""
    found = database.get_connection_params()
    lines = {"user": found.get("user"), "password": found.get("password"), "host": found.get("host")}
    lines |= {"port": found.get("port"), "socket": found.get("unix_socket")}
    ssl = found.get("ssl") or {}
    lines |= {f"ssl-{name}": ssl.get(name) for name in ("ca", "cert", "key")}
    path = work / "client.cnf"
    path.touch(mode=0o600)
    text = "".join(f'{name}="{_quoted(value)}"\n' for name, value in lines.items() if value not in (None, ""))
    path.write_text(f"[client]\n{text}")
    return f"--defaults-file={path}"


def _quoted(value: Any) -> str:
    return str(value).replace("\\", "\\\\").replace('"', '\\"')


def _until_begun(chunks: Iterator[bytes]) -> bytes:
    first = b""
    for chunk in chunks:
        first += chunk
        if BEGUN in first:
            return first
    return first  # it ended; output_of says why


@contextmanager
def _packed(first: bytes, chunks: Iterator[bytes]) -> Iterator[Iterator[bytes]]:
    def packed() -> Iterator[bytes]:
        packer = zlib.compressobj(LEVEL, wbits=31)
        yield packer.compress(first)
        for chunk in chunks:
            if some := packer.compress(chunk):
                yield some
        yield packer.flush()

    yield packed()


def _unpacked(chunks: Iterable[bytes]) -> Iterator[bytes]:
    opener = zlib.decompressobj(wbits=31)
    try:
        for chunk in chunks:
            yield opener.decompress(chunk)
        yield opener.flush()
    except zlib.error as error:
        raise BackupFailed(_("The copy cannot be unpacked: %(why)s") % {"why": error}) from error
    if not opener.eof:
        raise BackupFailed(_("The copy was cut off."))


def _without_definers(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Triggers are made as whoever restores, not as whoever once made them. Values have no line breaks in a dump, so a
    line that begins like this is no value."""
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield (DEFINER.sub(b"", line) if line.startswith(b"/*!50003 CREATE") else line) + b"\n"
    yield rest


def _about(database: Any) -> dict[str, str]:
    with database.cursor() as cursor:
        cursor.execute("SELECT VERSION(), @@character_set_database, @@collation_database")
        version, charset, collation = cursor.fetchone()
    return {"server": f"MariaDB {version}", "charset": charset, "collation": collation}


def _as_text(column: str, kind: str) -> str:
    name = f"`{column}`"
    if kind in BYTES or kind in LONG:  # of any length: CONCAT gives up beyond max_allowed_packet
        return f"COALESCE(MD5({name}), 'NULL')"
    return f"QUOTE({name})"  # of NULL it is NULL without quotes


def _table(cursor: Any, name: str, parts: list[str]) -> tuple[int, str]:
    """Rows and the sum of 64 bits of the MD5 of each."""
    cursor.execute(
        "SELECT COUNT(*), COALESCE(SUM(CAST(CONV(LEFT(MD5(CONCAT_WS(',', "  # noqa: S608  (names from the catalogue)
        f"{', '.join(parts)})), 16), 16, 10) AS UNSIGNED)), 0) FROM `{name}`"
    )
    rows, total = cursor.fetchone()
    return int(rows), str(total)


ENGINE = MariaDB()
