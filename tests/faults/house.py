"""A whole installation of real processes that a test may kill: PostgreSQL, Valkey, two workers, two timetables."""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import psycopg
import pytest
import redis
from launcher import broker, databases, secret_values
from launcher.accounts import hand_over, other_than_root
from launcher.environment import child_environment
from launcher.paths import ROOT
from launcher.ports import HOST, any_free
from launcher.say import Refusal

CELERY = [sys.executable, "-m", "celery", "--app", "crm"]
WORKER = [*CELERY, "worker", "--loglevel", "INFO", "--concurrency", "2", "--without-mingle", "--without-gossip"]
TIMETABLE = [*CELERY, "beat", "--loglevel", "INFO", "--pidfile", ""]
PATIENCE = 60
Kind = TypeVar("Kind", bound="House")


class House:
    """The processes by name, each in a session of its own, so that its children die with it."""

    database_options: ClassVar[dict[str, str]] = {}

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._user = other_than_root("postgres")
        self._data = folder / "postgres"
        self._data.mkdir()
        hand_over(self._data, self._user)
        self._port = any_free()
        self._redis_port = any_free()
        self.redis_url = f"redis://{HOST}:{self._redis_port}/0"
        self.start_redis()
        for name in ("var", "tmp"):
            (folder / name).mkdir()
        self.values = child_environment() | secret_values.throw_away()
        self.values |= {
            "CRM_VAR_DIR": str(folder / "var"),
            "TMPDIR": str(folder / "tmp"),  # who is killed tidies nothing up
            "REDIS_URL": self.redis_url,
            "DATABASE_URL": f"postgres://candid@{HOST}:{self._port}/postgres",
            "PYTHONPATH": str(ROOT),
            "CRM_BACKUP_AT": "off",  # what is killed here is other work
        }

    def start_redis(self) -> None:
        """Start it, after a kill too: it is empty then."""
        place = self.folder / "valkey"
        place.mkdir(exist_ok=True)
        self._start("redis", broker.command(self._redis_port, place, durable=False), child_environment())

    def make_database(self, *, migrated: bool = True) -> None:
        """An empty one, with all tables or without any."""
        words = ("--username", "candid", "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync")
        initdb = [databases.postgres_binary("initdb"), "--pgdata", str(self._data / "data"), *words]
        subprocess.run(initdb, check=True, user=self._user, cwd="/", env=databases.plain(), stdout=subprocess.DEVNULL)
        self.start_database()
        if migrated:
            self.manage("migrate", "--verbosity", "0")

    def start_database(self) -> None:
        """Start the server, after a kill too, and wait until it takes queries."""
        where = {"port": str(self._port), "listen_addresses": HOST, "unix_socket_directories": str(self._data)}
        options = where | self.database_options
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        command = [databases.postgres_binary("postgres"), "-D", str(self._data / "data"), *words]
        wait_for(lambda: self._starts_database(command), "PostgreSQL")

    def _starts_database(self, command: list[str]) -> bool:
        # After a kill the memory of the old one is still in use until its last child has ended.
        if not self.is_running("postgres"):
            self._start("postgres", command, databases.plain(), user=self._user)
        with suppress(psycopg.OperationalError):
            self.ask("SELECT 1")
            return True
        return False

    def start(self, name: str) -> None:
        """Start a worker or a timetable, as a supervisor does again and again."""
        self._start(name, WORKER if name.startswith("worker") else TIMETABLE, self.values)

    def start_web(self, port: int) -> None:
        """Start the web server, as the demo does."""
        bind = ["--bind", f"{HOST}:{port}", "--workers", "2", "--threads", "4"]
        web = [sys.executable, "-m", "gunicorn", "--config", "python:crm.gunicorn", *bind]
        self._start("web", web, {**self.values, "CRM_HTTPS": "false"})

    def start_other(self, name: str, command: list[str], values: dict[str, str], place: Path) -> None:
        """Start any program, in this folder."""
        self._start(name, command, values, place=place)

    def _start(
        self, name: str, command: list[str], values: dict[str, str], user: str | None = None, place: Path = ROOT
    ) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                command,
                cwd="/" if user else place,
                env=values,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=user,
            )

    def is_running(self, name: str) -> bool:
        """Whether its first process runs."""
        return name in self._running and self._running[name].poll() is None

    def kill(self, name: str) -> None:
        """kill -9, with all its children."""
        with suppress(ProcessLookupError):
            os.killpg(self._running[name].pid, signal.SIGKILL)
        self._running[name].wait()

    def end(self, name: str, seconds: float = PATIENCE) -> int:
        """SIGTERM to its first process, as a supervisor does; the status with which it ends."""
        self._running[name].terminate()
        return self._running[name].wait(seconds)

    def kill_one(self, name: str, chance: random.Random) -> None:
        """kill -9 of one of its children, which it starts anew by itself."""
        if children := self._children(name):
            with suppress(ProcessLookupError):
                os.kill(chance.choice(children), signal.SIGKILL)

    def _children(self, name: str) -> list[int]:
        main = self._running[name].pid
        return [int(word) for word in Path(f"/proc/{main}/task/{main}/children").read_text().split()]

    def kill_session(self, chance: random.Random) -> None:
        """kill -9 of one session of the database: the server then ends all of them and recovers."""
        sessions = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        if found := sorted(pid for (pid,) in self.ask(sessions)):
            with suppress(ProcessLookupError):
                os.kill(chance.choice(found), signal.SIGKILL)

    def kill_database(self) -> None:
        """kill -9 of the server and of every session, which are in sessions of their own."""
        main = self._running["postgres"].pid
        for pid in (main, *self._children("postgres")):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._running["postgres"].wait()

    def freeze_redis(self, seconds: float) -> None:
        """It takes connections and answers nothing."""
        with self.frozen_redis():
            time.sleep(seconds)

    @contextmanager
    def frozen_redis(self) -> Iterator[None]:
        """The same, for as long as something goes on."""
        pid = self._running["redis"].pid
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def wipe_redis(self) -> None:
        """Everything that was in it is gone."""
        with redis.Redis.from_url(self.redis_url) as client:
            client.flushall()

    def manage(self, *words: str) -> str:
        """Run a command of manage.py; its output."""
        command = [sys.executable, "manage.py", *words]
        return subprocess.run(command, cwd=ROOT, env=self.values, check=True, capture_output=True, text=True).stdout

    def python(self, text: str) -> str:
        """Run a few lines of Python in the installation; their output."""
        return self.manage("shell", "--verbosity", "0", "--command", text)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query."""
        with psycopg.connect(host=HOST, port=self._port, user="candid", dbname="postgres", connect_timeout=2) as base:
            return base.execute(sql).fetchall()

    def do(self, sql: str) -> None:
        """A statement that answers nothing."""
        with psycopg.connect(host=HOST, port=self._port, user="candid", dbname="postgres", connect_timeout=2) as base:
            base.execute(sql)

    def stop(self) -> None:
        """End everything."""
        for name in self._running.keys() - {"postgres"}:
            self.kill(name)
        if "postgres" in self._running:
            self._running["postgres"].send_signal(signal.SIGINT)
            self._running["postgres"].wait()


def wait_for(ready: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Until something is so."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(0.2)


@contextmanager
def a_house() -> Iterator[House]:
    """One that is gone afterwards."""
    with a_house_of(House) as house:
        yield house


@contextmanager
def a_house_of(kind: type[Kind]) -> Iterator[Kind]:
    """One of a kind, that is gone afterwards. Without a PostgreSQL on the machine the test is skipped."""
    try:
        databases.postgres_binary("postgres")
    except Refusal as refusal:
        pytest.skip(str(refusal))
    with tempfile.TemporaryDirectory(prefix="candid-faults-") as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)  # the database server may run under another account
        house = kind(folder)
        try:
            yield house
        finally:
            house.stop()
