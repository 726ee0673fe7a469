"""What PostgreSQL and MariaDB have in common: databases are listed, made and dropped on a server, by SQL."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from django.db import DatabaseError
from django.utils.translation import gettext as _

from customers.backup.engine import own, renamed
from customers.backup.tools import BackupFailed


class Server(ABC):
    """See customers.backup.engine.Engine. `databases` lists the names of all; `any_table` has a row where one is not
    empty; `drop` takes the name of one; `how_to_make` is told to whoever restores into one that is not there."""

    databases: ClassVar[str]
    any_table: ClassVar[str]
    drop: ClassVar[str]
    how_to_make: ClassVar[str]

    @abstractmethod
    def create(self, name: str, about: dict[str, str]) -> str:
        """The statement that makes one as the one it is of."""

    @abstractmethod
    def to_grant(self, error: DatabaseError, server: Any) -> str:
        """What an administrator must grant, where this error says that the account may make none; else empty."""

    def is_empty(self, database: Any) -> bool:
        """No table of anybody's. Raises BackupFailed where there is no such database."""
        try:
            with database.cursor() as cursor:
                return not first_column(cursor, self.any_table)
        except DatabaseError as error:
            why = f"The database {database.settings_dict['NAME']} cannot be reached: {error}."
            raise BackupFailed(f"{why} It must be there and empty: {self.how_to_make}") from error

    @contextmanager
    def scratch(self, server: Any, name: str, about: dict[str, str], work: Path) -> Iterator[Any]:
        """A new database as the one it is of. Raises BackupFailed, with what to grant."""
        for left in self._left(server, name):
            _everywhere(server, self.drop.format(left))
        try:
            _everywhere(server, self.create(name, about))
        except DatabaseError as error:
            why = _("There could be made no database to try the backup in: %(why)s") % {"why": error}
            raise BackupFailed(self.to_grant(error, server) or why) from error
        try:
            with own(renamed(server, name)) as database:
                yield database
        finally:
            _everywhere(server, self.drop.format(name))

    def _left(self, server: Any, name: str) -> list[str]:
        """Databases of a process that died while it tried a backup of the same folder."""
        with server._nodb_cursor() as cursor:
            names = first_column(cursor, self.databases)
        return [other for other in names if other.startswith(name.rpartition("_")[0] + "_")]


def first_column(cursor: Any, sql: str) -> list[Any]:
    """The first column of a query."""
    cursor.execute(sql)
    return [row[0] for row in cursor.fetchall()]


def _everywhere(server: Any, sql: str) -> None:
    """What is done outside of any database."""
    with server._nodb_cursor() as cursor:
        cursor.execute(sql)
