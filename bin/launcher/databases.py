"""Throw-away database servers for tests and benchmarks: made from installed binaries, gone afterwards."""

import getpass
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from launcher import ports
from launcher.accounts import hand_over, other_than_root
from launcher.processes import Group, wait_until
from launcher.say import Refusal

START_SECONDS = 60
NAMES = ("sqlite", "postgres", "mariadb")
ENGINES = dict(zip(("sqlite3", "postgresql", "mysql"), NAMES, strict=True))
# As on a server that is meant for millions of rows. Tests, which make and empty tables by the thousand, are quicker
# with the small defaults.
ROOMY = {"shared_buffers": "2GB", "max_wal_size": "8GB"}


def name_of(engine: str) -> str:
    """Our name of the database behind an ENGINE of Django's settings, as `django.db.backends.mysql`."""
    return ENGINES[engine.rpartition(".")[2]]


@contextmanager
def url_of(name: str, folder: Path, *, roomy: bool = False) -> Iterator[str | None]:
    """Give the DATABASE_URL of a database, and take the server away afterwards; None for SQLite. `roomy`: PostgreSQL
    with memory for millions of rows."""
    if name == "sqlite":
        yield None
        return
    given = os.environ.get({"postgres": "TEST_POSTGRES_URL", "mariadb": "TEST_MYSQL_URL"}[name])
    if given:
        yield given
        return
    group = Group(folder / "log")
    place = folder / name
    place.mkdir(parents=True)
    try:
        yield _postgres(group, place, ROOMY if roomy else {}) if name == "postgres" else _mariadb(group, place)
    finally:
        group.stop()
        shutil.rmtree(place, ignore_errors=True)


def _postgres(group: Group, place: Path, more: dict[str, str]) -> str:
    user = other_than_root("postgres")
    hand_over(place, user)
    port = ports.any_free()
    _prepare(
        [postgres_binary("initdb"), "--pgdata", str(place / "data"), "--username", "candid", "--auth", "trust",
         "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"], user)  # fmt: skip
    settings = {
        "port": str(port),
        "listen_addresses": ports.HOST,
        "unix_socket_directories": str(place),
        "fsync": "off",  # the cluster is thrown away: nothing of it must survive a power cut
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "max_connections": "300",
        **more,
    }
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    group.start("postgres", [postgres_binary("postgres"), "-D", str(place / "data"), *options], plain(), user)
    wait_until(lambda: _takes_queries(port), group, START_SECONDS, "PostgreSQL")
    return f"postgres://candid@{ports.HOST}:{port}/postgres"


def _takes_queries(port: int) -> bool:
    command = [postgres_binary("pg_isready"), "-q", "-h", ports.HOST, "-p", str(port)]
    return subprocess.run(command, env=plain()).returncode == 0


def postgres_binary(name: str) -> str:
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name))
    places = [str(folder) for folder in reversed(versions)]
    found = shutil.which(name, path=os.pathsep.join([*places, os.environ.get("PATH", os.defpath)]))
    if not found:
        raise Refusal("No PostgreSQL on this machine: set TEST_POSTGRES_URL, or apt install postgresql.")
    return found


def _mariadb(group: Group, place: Path) -> str:
    user = other_than_root("mysql")
    hand_over(place, user)
    data, port = place / "data", ports.any_free()
    login = user or getpass.getuser()
    _prepare(
        [_mariadb_binary("mariadb-install-db", "mysql_install_db"), "--no-defaults", f"--datadir={data}",
         "--auth-root-authentication-method=normal", "--skip-test-db", f"--user={login}"], user)  # fmt: skip
    command = [
        _mariadb_binary("mariadbd", "mysqld"),
        "--no-defaults",
        f"--datadir={data}",
        f"--socket={place / 'server.sock'}",
        f"--pid-file={place / 'server.pid'}",
        f"--port={port}",
        f"--bind-address={ports.HOST}",
        "--innodb-flush-log-at-trx-commit=0",  # the server is thrown away
        "--innodb-flush-method=nosync",
        "--innodb-doublewrite=0",
        "--innodb-buffer-pool-size=256M",
        "--character-set-server=utf8mb4",
        "--max-connections=300",
    ]
    group.start("mariadb", command, plain(), user)
    wait_until(lambda: _greets(port), group, START_SECONDS, "MariaDB")
    # localhost, so that the root account made by the installation fits; through TCP all the same
    return f"mysql://root@{ports.HOST}:{port}/candid"


def _greets(port: int) -> bool:
    try:
        with socket.create_connection((ports.HOST, port), timeout=1) as connection:
            return len(connection.recv(16)) > 4  # the server speaks first, once it takes connections
    except OSError:
        return False


def _mariadb_binary(*names: str) -> str:
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"])
    for name in names:
        found = shutil.which(name, path=path)
        if found:
            return found
    raise Refusal("No MariaDB on this machine: set TEST_MYSQL_URL, or apt install mariadb-server.")


def _prepare(command: list[str], user: str | None) -> None:
    done = subprocess.run(command, cwd="/", env=plain(), user=user, capture_output=True, text=True)
    if done.returncode != 0:
        raise Refusal(f"{command[0]} failed (status {done.returncode}):\n{done.stdout}{done.stderr}")


def plain() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "HOME": "/"}
