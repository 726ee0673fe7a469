"""Reads that may be stale go to the replica of REPLICA_URL; everything else to the main database."""

import time
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections

from customers.stale_reads import may_be_stale

REPLICA = "replica"
# A replica that does not answer is left alone for so long; reports read from the main database meanwhile.
LEFT_ALONE_SECONDS = 15.0

_left_alone_until = 0.0


class ReplicaRouter:
    """Django's router. In force where the settings have a replica."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        """The replica, where the reader can do with it, it answers, and nothing was begun on the main database that the
        reader might want to see."""
        wanted = may_be_stale() and not connections[DEFAULT_DB_ALIAS].in_atomic_block
        return REPLICA if wanted and _answers() else DEFAULT_DB_ALIAS

    def db_for_write(self, model: Any, **hints: Any) -> str:
        """Never the replica, wherever a row came from."""
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        """Both hold the same rows."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """The tables of the replica are made by the replication."""
        return db == DEFAULT_DB_ALIAS


def _answers() -> bool:
    global _left_alone_until
    if time.monotonic() < _left_alone_until:
        return False
    replica = connections[REPLICA]
    try:
        replica.close_if_health_check_failed()  # one that was kept may have ended with the server
        replica.ensure_connection()
    except DatabaseError:
        _left_alone_until = time.monotonic() + LEFT_ALONE_SECONDS
        return False
    return True
