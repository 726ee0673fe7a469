"""What each database must be able to do, and which one this is."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import environ
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils.translation import gettext as _

from customers.backup.manifest import Contents
from customers.backup.tools import BackupFailed


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One state of a database. `dump()` yields the copy in chunks; `database` reads the same state."""

    dump: Callable[[], AbstractContextManager[Iterator[bytes]]]
    database: Any  # Django's DatabaseWrapper
    about: dict[str, str]


class Engine(Protocol):
    """A kind of database. `tell` is called every second or so; what it raises ends the work."""

    name: str

    def snapshot(self, source: Any, work: Path, tell: Callable[[], None]) -> AbstractContextManager[Snapshot]:
        """A state of the database, held until the end of the block."""

    def contents(self, database: Any) -> Contents:
        """Figures of its tables."""

    def is_empty(self, database: Any) -> bool:
        """Whether nothing is in it; where it does not exist, nothing is."""

    def scratch(self, server: Any, name: str, about: dict[str, str], work: Path) -> AbstractContextManager[Any]:
        """A new database on a server, gone after the block."""

    def load(self, chunks: Iterable[bytes], database: Any, work: Path) -> None:
        """Fill an empty database."""


def engine_of(database: Any) -> Engine:
    """Its kind."""
    from customers.backup import mariadb, postgres, sqlite

    engines: dict[str, Engine] = {"sqlite": sqlite.ENGINE, "postgresql": postgres.ENGINE, "mysql": mariadb.ENGINE}
    return engines[database.vendor]


@contextmanager
def own(settings: dict[str, Any] | None = None) -> Iterator[Any]:
    """A connection of its own, to the database of the product or to another of the same kind. Threads may share it."""
    ours: Any = connections[DEFAULT_DB_ALIAS]
    wanted = deepcopy(ours.settings_dict if settings is None else settings)
    wanted["CONN_MAX_AGE"] = 0
    database: Any = type(ours)(wanted, alias="backup")
    database.inc_thread_sharing()
    try:
        yield database
    finally:
        database.close()


def renamed(database: Any, name: str) -> dict[str, Any]:
    """The settings of a database of another name on the same server."""
    return {**deepcopy(database.settings_dict), "NAME": name}


def at_address(url: str) -> dict[str, Any]:
    """The settings of the product's database, at another address. Raises BackupFailed where that is of another kind."""
    found = environ.Env.db_url_config(url)
    ours = deepcopy(connections[DEFAULT_DB_ALIAS].settings_dict)
    if str(found.get("ENGINE", "")).rpartition(".")[2] != str(ours["ENGINE"]).rpartition(".")[2]:
        raise BackupFailed(_("CRM_BACKUP_TRY_URL must name a server of the same kind as DATABASE_URL."))
    return {**ours, **{name: found.get(name, "") for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}}
