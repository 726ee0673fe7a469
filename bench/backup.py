"""The demo company in a database: how long it takes to load, what it takes on the disk, and how long a backup, its
verification and a restore's work take. DATABASE_URL says which database; without it a throw-away PostgreSQL.

CRM_BENCH_SCALE: 1 is about 2,000 customers."""

import logging
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

SCALE = os.environ.get("CRM_BENCH_SCALE", "1")


def main() -> int:
    """Print one line a figure: `name value unit`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from customers.models import Customer
    from customers.operations.make_backup import make_backup
    from customers.operations.verify_backup import verify_backup

    logging.disable(logging.INFO)
    loading, _none = _timed(lambda: call_command("demo", "--json", "--scale", SCALE, stdout=sys.stderr))
    _say("demo_load", loading, "s")
    _say("demo_customers", Customer.objects.count(), "customers")
    _say("database_size", _size() / 2**20, "MiB")
    for name, ask in _questions().items():
        _say(f"ask_{name}", min(_timed(ask)[0] for _ in range(5)) * 1000, "ms")
    making, backup = _timed(lambda: make_backup(clock=timezone.now))
    _say("backup", making, "s")
    _say("backup_size", backup.bytes / 2**20, "MiB")
    _say("backup_rows", backup.rows, "rows")
    verifying, found = _timed(lambda: verify_backup(clock=timezone.now))
    _say("backup_verify", verifying, "s")
    for text in found.findings:
        sys.stderr.write(f"{text}\n")
    return 1 if found.findings else 0


def _questions() -> dict[str, Callable[[], Any]]:
    """What people ask all day."""
    from customers.models import Customer, User
    from services.models import Ticket

    user = User.objects.filter(is_superuser=True).first() or User.objects.order_by("pk")[0]
    customers, tickets = Customer.objects.visible_to(user), Ticket.objects.visible_to(user)
    return {
        "list_of_customers": lambda: list(customers.order_by("-pk")[:50]),
        "name_in_the_middle": lambda: list(customers.search("ann")[:50]),
        "words_of_tickets": lambda: list(tickets.search("pump")[:50]),
        "group_tickets": lambda: list(tickets.values_list("status").distinct()),
    }


def _size() -> int:
    from django.db import connection

    if connection.vendor == "sqlite":
        path = Path(str(connection.settings_dict["NAME"]))
        return sum(one.stat().st_size for one in path.parent.glob(f"{path.name}*"))
    sql = {
        "postgresql": "SELECT pg_database_size(current_database())",
        "mysql": "SELECT SUM(data_length + index_length) FROM information_schema.tables"
        " WHERE table_schema = DATABASE()",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def _say(name: str, value: float, unit: str) -> None:
    print(f"{name} {value:,.1f} {unit}" if value < 1000 else f"{name} {value:,.0f} {unit}")


if __name__ == "__main__":
    sys.exit(main())
