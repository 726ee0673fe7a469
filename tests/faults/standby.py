"""A house whose PostgreSQL has a standby: a copy that follows by streaming replication, and that a test may stop."""

import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

import psycopg
from launcher import databases
from launcher.accounts import hand_over
from launcher.ports import HOST, any_free

from tests.faults.house import PATIENCE, House, wait_for


class Pair(House):
    """The main database and its standby, on one machine."""

    database_options: ClassVar[dict[str, str]] = {"fsync": "off"}  # neither outlives the test

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._standby_port = any_free()
        self._copy = folder / "standby"
        self._copy.mkdir()
        hand_over(self._copy, self._user)

    def make_standby(self) -> None:
        """Copy the main database and follow it; from here on whoever is started reads reports from the copy."""
        main = ["--host", HOST, "--port", str(self._port), "--username", "candid"]
        how = ["--write-recovery-conf", "--create-slot", "--slot", "reports", "--checkpoint", "fast", "--no-sync"]
        command = [databases.postgres_binary("pg_basebackup"), *main, *how, "--pgdata", str(self._copy / "data")]
        subprocess.run(command, check=True, user=self._user, cwd="/", env=databases.plain())
        self.values["REPLICA_URL"] = f"postgres://candid@{HOST}:{self._standby_port}/postgres"
        self.start_standby()

    def start_standby(self) -> None:
        """Start it, after a stop too, and wait until it takes queries."""
        options = {
            "port": str(self._standby_port),
            "listen_addresses": HOST,
            "unix_socket_directories": str(self._copy),
            "hot_standby_feedback": "on",
            **self.database_options,
        }
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        command = [databases.postgres_binary("postgres"), "-D", str(self._copy / "data"), *words]
        self._start("standby", command, databases.plain(), user=self._user)
        wait_for(self._takes_queries, "the standby")

    def _takes_queries(self) -> bool:
        with suppress(psycopg.OperationalError):
            return self.ask_standby("SELECT pg_is_in_recovery()") == [(True,)]
        return False

    def stop_standby(self) -> None:
        """Whoever is connected is thrown out, as when the machine is restarted."""
        self._running["standby"].send_signal(signal.SIGINT)
        self._running["standby"].wait(PATIENCE)

    def hold_back(self) -> None:
        """From here on the standby gets what is written, and shows what was before."""
        self.ask_standby("SELECT pg_wal_replay_pause()")
        wait_for(lambda: self.ask_standby("SELECT pg_get_wal_replay_pause_state()") == [("paused",)], "it holds back")

    def catch_up(self) -> None:
        """Until the standby shows all that is written now."""
        (written,) = self.ask("SELECT pg_current_wal_lsn()::text")[0]
        self.ask_standby("SELECT pg_wal_replay_resume()")
        seen = f"SELECT pg_last_wal_replay_lsn() >= '{written}'"
        wait_for(lambda: self.ask_standby(seen) == [(True,)], "the standby has caught up")

    def ask_standby(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query."""
        where = {"host": HOST, "port": self._standby_port, "user": "candid", "dbname": "postgres"}
        with psycopg.connect(**where, connect_timeout=2, autocommit=True) as base:  # type: ignore[arg-type]
            return base.execute(sql).fetchall()

    def stop(self) -> None:
        """End everything, the standby before what it follows."""
        if self.is_running("standby"):
            self.stop_standby()
        super().stop()
