"""An account that may not do what a backup needs is told what to grant, and no secret stands among arguments."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.utils import timezone

from customers.backup import mariadb, postgres
from customers.backup.engine import engine_of, own
from customers.backup.place import Place
from customers.backup.tools import BackupFailed
from customers.operations.make_backup import make_backup
from customers.operations.verify_backup import verify_backup

pytestmark = pytest.mark.django_db
SECRET = "quagga-of-the-database"


@pytest.fixture
def small(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """The settings of an account that may read and write, and nothing else."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has no accounts")
    name, base = f"small_{os.getpid()}", connection.settings_dict["NAME"]
    if connection.vendor == "postgresql":
        begin, end = [f"CREATE ROLE {name} LOGIN PASSWORD '{SECRET}'"], [f"DROP ROLE {name}"]
    else:
        begin = [f"CREATE USER {name}@'%' IDENTIFIED BY '{SECRET}'", f"GRANT ALL ON `{base}`.* TO {name}@'%'"]
        end = [f"DROP USER {name}@'%'"]
    with own() as server, server._nodb_cursor() as cursor:
        for words in begin:
            cursor.execute(words)
        yield {**connection.settings_dict, "USER": name, "PASSWORD": SECRET}
        for words in end:
            cursor.execute(words)


def test_without_the_right_to_make_a_database_it_says_what_to_grant(small: dict[str, Any], tmp_path: Path) -> None:
    about = {"collate": "C.UTF-8", "ctype": "C.UTF-8", "charset": "utf8mb4", "collation": "utf8mb4_unicode_520_ci"}
    wanted = "CREATEDB" if connection.vendor == "postgresql" else "GRANT ALL ON"
    with own(small) as server, pytest.raises(BackupFailed, match=f"{wanted}.*CRM_BACKUP_TRY_URL"):
        engine_of(server).scratch(server, "candid_try_0_0", about, tmp_path).__enter__()


def test_without_the_right_to_hold_commits_back_mariadb_says_what_to_grant(
    small: dict[str, Any], tmp_path: Path
) -> None:
    if connection.vendor != "mysql":
        pytest.skip("MariaDB alone asks for it")
    with own(small) as source, pytest.raises(BackupFailed, match="GRANT RELOAD"):
        engine_of(source).snapshot(source, tmp_path, lambda: None).__enter__()


def test_the_password_goes_by_environment_or_file_and_never_by_argument(tmp_path: Path) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has no accounts")
    with own({**connection.settings_dict, "PASSWORD": f'{SECRET}"\\'}) as database:
        if connection.vendor == "postgresql":
            assert postgres._values(database)["PGPASSWORD"] == f'{SECRET}"\\'
            return
        words = mariadb._dump(database, tmp_path)
        assert SECRET not in " ".join(words)
        options = tmp_path / "client.cnf"
        assert options.stat().st_mode & 0o077 == 0
        assert f'password="{SECRET}\\"\\\\"' in options.read_text()


@pytest.mark.usefixtures("fresh_keys")
def test_it_can_be_tried_on_another_server_by_another_account(place: Place, settings: Any) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has no servers")
    base = connection.settings_dict
    scheme, name = ("postgres", "postgres") if connection.vendor == "postgresql" else ("mysql", "mysql")
    password = f":{quote(base['PASSWORD'])}" if base["PASSWORD"] else ""
    make_backup(clock=timezone.now, place=place)
    settings.BACKUP_TRY_URL = f"{scheme}://{base['USER']}{password}@{base['HOST']}:{base['PORT']}/{name}"
    assert verify_backup(clock=timezone.now, place=place).findings == []
    settings.BACKUP_TRY_URL = f"{scheme}://{base['USER']}{password}@{base['HOST']}:1/{name}"
    with pytest.raises(BackupFailed):
        verify_backup(clock=timezone.now, place=place)
