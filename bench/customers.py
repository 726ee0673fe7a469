"""A million customers: from CSV into PostgreSQL against a bare COPY of the same rows, and how long the pages that
staff live in take, against ten thousand.

The bare COPY puts the very rows that the import made (customers, external ids, sealed contact points) back into the
same tables with the same indexes and constraints. Pages are asked for through the whole product (log-in, permissions,
templates) by Django's test client; the figure is the median of several requests after one that warms up.
"""

import json
import logging
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import django

SMALL, LARGE = 10_000, int(os.environ.get("CRM_BENCH_CUSTOMERS", "1000000"))
REPEATS = 9
TABLES = ("customers_customer", "customers_externalid", "customers_contactpoint")


def main() -> int:
    """Print one line a figure: `name value unit`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    django.setup()
    from django.db import connection

    logging.disable(logging.INFO)  # a line a request
    if connection.vendor != "postgresql":
        sys.stderr.write("this benchmark is about PostgreSQL: unset DATABASE_URL, or point it to one\n")
        return 1
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        _import(folder / "small.csv", SMALL)
        small = _pages()
        _empty()
        seconds, cpu = _import(folder / "large.csv", LARGE)
        _say("import_customers", seconds, "s")
        _say("import_customers_rate", LARGE / seconds, "rows/s")
        _say("import_customers_cpu", cpu, "s")
        _say("import_customers_peak_memory", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MB")
        bare = _bare_copy(folder)
        _say("bare_copy", bare, "s")
        _say("import_customers_ratio", seconds / bare, "times")
    large = _pages()
    for name in small:
        _say(f"{name}_at_{SMALL}", small[name] * 1000, "ms")
        _say(f"{name}_at_{LARGE}", large[name] * 1000, "ms")
        _say(f"{name}_ratio", large[name] / small[name], "times")
    return 0


def _say(name: str, value: float, unit: str) -> None:
    print(f"{name} {value:.2f} {unit}", flush=True)


def _import(path: Path, number: int) -> tuple[float, float]:
    """Seconds on the wall and of this process's CPU, from the file to the last commit."""
    from django.core.management import call_command

    from bench._company import write_customers

    write_customers(path, number)
    out = StringIO()
    started, cpu = time.perf_counter(), time.process_time()
    call_command("import_data", "candid", str(path), "--json", "--source", "bench", stdout=out)
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    counts = json.loads(out.getvalue())["customers"]
    if counts["created"] != number:
        raise RuntimeError(f"{number} rows were written to the file, and this came of them: {counts}")
    return seconds, cpu


def _bare_copy(folder: Path) -> float:
    """Seconds to COPY the rows that are there into the same tables, emptied, in one transaction."""
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        for table in TABLES:
            with (folder / table).open("wb") as file, cursor.copy(f"COPY {table} TO STDOUT") as copy:
                for data in copy:
                    file.write(data)
    _empty()
    started = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        for table in TABLES:
            with (folder / table).open("rb") as file, cursor.copy(f"COPY {table} FROM STDIN") as copy:
                while data := file.read(1 << 20):
                    copy.write(data)
    seconds = time.perf_counter() - started
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return seconds


def _empty() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(TABLES)}, customers_importbatch CASCADE")
        cursor.execute("VACUUM")


def _pages() -> dict[str, float]:
    """Median seconds of each page."""
    from django.test import Client

    from customers.models import User

    root, _ = User.objects.get_or_create(username="bench", defaults={"is_staff": True, "is_superuser": True})
    client = Client(SERVER_NAME="localhost")
    client.force_login(root)
    found = {}
    for name, address in _addresses():
        client.get(address, secure=True)
        times = []
        for _ in range(REPEATS):
            started = time.perf_counter()
            response = client.get(address, secure=True)
            times.append(time.perf_counter() - started)
            if response.status_code != 200:
                raise RuntimeError(f"{address}: {response.status_code}")
        found[name] = statistics.median(times)
    return found


def _addresses() -> Iterator[tuple[str, str]]:
    from customers.models import ContactPoint, Customer

    listing, api = "/admin/customers/customer/", "/api/v1/customers/"
    email = ContactPoint.objects.filter(kind="email").order_by("-customer")[5].value
    phone = ContactPoint.objects.filter(kind="phone").order_by("-customer")[5].value
    family = Customer.objects.filter(country="DE", kind="person").order_by("pk")[3].family_name
    searches: dict[str, Any] = {
        "search_prefix": family[:4],
        "search_substring": family[1:5],
        "search_rare_substring": "ndustries 77",
        "search_chinese_character": "芳",
        "search_chinese_name": "王芳",
        "search_two_words": f"{family} a",
        "search_nothing": "xyzzyx",
        "search_email": email,
        "search_phone": phone,
    }
    yield "changelist", listing
    yield "changelist_by_name", f"{listing}?o=1"
    for name, text in searches.items():
        yield name, f"{listing}?{urlencode({'q': text})}"
    yield "api_search_substring", f"{api}?{urlencode({'q': family[1:5]})}"
    yield "api_by_email", f"{api}?{urlencode({'email': email})}"


if __name__ == "__main__":
    sys.exit(main())
