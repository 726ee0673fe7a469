"""A statement that takes too long is stopped."""

import pytest
from django.db import OperationalError, connection, transaction

from customers.models import Team
from customers.sql.time_limit import TookTooLong, at_most

pytestmark = pytest.mark.django_db

ENDLESS = {
    "postgresql": "SELECT pg_sleep(30)",
    "mysql": "SELECT SLEEP(30) FROM customers_team WHERE id > 0",
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n",
}


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.fetchall()


def test_it_is_stopped_and_the_connection_goes_on() -> None:
    Team.objects.create(name="Before")
    with pytest.raises(TookTooLong), at_most(1):
        run(ENDLESS[connection.vendor])
    assert Team.objects.filter(name="Before").exists()
    with at_most(30):
        assert Team.objects.filter(name="Before").exists()


def test_the_limit_ends_with_the_block() -> None:
    with at_most(1):
        run("SELECT 1")
    if connection.vendor == "postgresql":
        run("SELECT pg_sleep(1.2)")
    elif connection.vendor == "mysql":
        run("SELECT SLEEP(1.2)")


def test_another_fault_stays_what_it_is() -> None:
    with pytest.raises(Exception) as fault, transaction.atomic(), at_most(5):
        run("SELECT * FROM there_is_no_such_table")
    assert not isinstance(fault.value, TookTooLong)
    assert isinstance(fault.value, OperationalError) or connection.vendor != "sqlite"
