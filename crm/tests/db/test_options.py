"""What each database is told when we connect."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from crm.db.options import complete
from customers.models import Team


def test_sqlite_takes_its_write_lock_at_the_beginning(tmp_path: Path) -> None:
    name = tmp_path / "var" / "candid.sqlite3"
    options = complete({"ENGINE": "django.db.backends.sqlite3", "NAME": str(name)})["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert options["timeout"] == 20
    assert name.parent.is_dir()


@pytest.mark.django_db
def test_one_statement_takes_more_than_a_thousand_parameters() -> None:
    assert Team.objects.filter(pk__in=range(5_000)).count() == Team.objects.count()


def test_an_option_of_the_url_wins() -> None:
    database = complete({"ENGINE": "django.db.backends.postgresql", "OPTIONS": {"connect_timeout": 30}})
    assert database["OPTIONS"]["connect_timeout"] == 30
    assert database["CONN_HEALTH_CHECKS"] is True


def test_threads_share_a_pool_where_one_is_asked_for() -> None:
    database = complete({"ENGINE": "django.db.backends.postgresql"}, pool=4)
    assert database["OPTIONS"]["pool"] == {"min_size": 1, "max_size": 4, "timeout": 10}
    assert database["CONN_MAX_AGE"] == 0  # the pool keeps connections, not the threads


def test_another_database_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
        complete({"ENGINE": "django.db.backends.oracle"})


@pytest.mark.django_db
def test_the_clock_of_the_database_is_utc_and_bad_values_are_refused() -> None:
    """Read back from the server that this run is connected to."""
    with connection.cursor() as cursor:
        if connection.vendor == "mysql":
            cursor.execute("SELECT @@time_zone, @@sql_mode, @@character_set_connection")
            zone, mode, charset = cursor.fetchone()
            assert (zone, charset) == ("+00:00", "utf8mb4")
            assert "STRICT_ALL_TABLES" in mode
            cursor.execute("SHOW VARIABLES LIKE 't%_isolation'")  # its name differs between MariaDB and MySQL
            assert {value for _name, value in cursor.fetchall()} == {"READ-COMMITTED"}
        elif connection.vendor == "postgresql":
            cursor.execute("SHOW TIME ZONE")
            assert cursor.fetchone() == ("UTC",)
        else:
            cursor.execute("PRAGMA journal_mode")
            assert cursor.fetchone() == ("wal",)
            cursor.execute("PRAGMA foreign_keys")
            assert cursor.fetchone() == (1,)
