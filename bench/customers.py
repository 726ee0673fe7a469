"""A million customers: from CSV into PostgreSQL against a bare COPY of the same rows, and how long the pages that
staff live in take, against ten thousand.

The bare COPY puts the very rows that the import made (customers, external ids, sealed contact points) back into the
same tables with the same indexes and constraints. Pages are asked for through the whole product (log-in, permissions,
templates) by Django's test client; the figure is the quickest of several requests, since what else the machine does
makes the others slower. The words that are searched for are chosen among the ten thousand, so that a page is full there
as well: one with fewer rows would be quicker for that alone. A full name finds few in both.

At last the page of one customer among the million who has some thousands of tickets and orders.
"""

import json
import logging
import os
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import django

SMALL, LARGE = 10_000, int(os.environ.get("CRM_BENCH_CUSTOMERS", "1000000"))
REPEATS = 9
FULL_PAGE = 50
# What one customer among the many has.
HISTORY = 3000
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
        addresses = dict(_addresses())
        small = _pages(addresses)
        _empty()
        seconds, cpu = _import(folder / "large.csv", LARGE)
        _say("import_customers", seconds, "s")
        _say("import_customers_rate", LARGE / seconds, "rows/s")
        _say("import_customers_cpu", cpu, "s")
        _say("import_customers_helpers_cpu", _children(), "s")
        _say("import_customers_peak_memory", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MB")
        bare = _bare_copy(folder)
        _say("bare_copy", bare, "s")
        _say("import_customers_ratio", seconds / bare, "times")
    large = _pages(addresses)
    for name in small:
        for size, page in ((SMALL, small[name]), (LARGE, large[name])):
            _say(f"{name}_rows_at_{size}", page.rows, "rows")
            _say(f"{name}_at_{size}", page.seconds * 1000, "ms")
        _say(f"{name}_ratio", large[name].seconds / small[name].seconds, "times")
    _customer_page()
    return 0


class Page(NamedTuple):
    """How long a page took, and how many rows it showed."""

    seconds: float
    rows: int


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


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

    from customers.sql.refresh_statistics import refresh_statistics

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
    refresh_statistics()  # as an import does at its end
    return seconds


def _empty() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(TABLES)}, customers_importbatch CASCADE")
        cursor.execute("VACUUM")


def _client() -> Any:
    from django.test import Client

    from customers.models import User

    root, _ = User.objects.get_or_create(username="bench", defaults={"is_staff": True, "is_superuser": True})
    client = Client(SERVER_NAME="localhost")
    client.force_login(root)
    return client


def _pages(addresses: Mapping[str, str]) -> dict[str, Page]:
    """The quickest of several requests for each page."""
    client = _client()
    return {name: _page(client, address) for name, address in addresses.items()}


def _page(client: Any, address: str) -> Page:
    client.get(address, secure=True)
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        response = client.get(address, secure=True)
        times.append(time.perf_counter() - started)
        if response.status_code != 200:
            raise RuntimeError(f"{address}: {response.status_code}")
    return Page(min(times), _rows(response))


def _rows(response: Any) -> int:
    """How many rows a list showed."""
    if "json" in response["Content-Type"]:
        return len(response.json()["results"])
    changelist = getattr(response, "context_data", {}).get("cl")
    return len(changelist.result_list) if changelist else 0


def _addresses() -> Iterator[tuple[str, str]]:
    from customers.models import ContactPoint

    listing, api = "/admin/customers/customer/", "/api/v1/customers/"
    email = ContactPoint.objects.filter(kind="email").order_by("-customer")[5].value
    phone = ContactPoint.objects.filter(kind="phone").order_by("-customer")[5].value
    words = _words()
    yield "changelist", listing
    yield "changelist_by_name", f"{listing}?o=1"
    for name, text in {**words, "nothing": "xyzzyx", "email": email, "phone": phone}.items():
        yield f"search_{name}", f"{listing}?{urlencode({'q': text})}"
    yield "api_search_substring", f"{api}?{urlencode({'q': words['substring']})}"
    yield "api_by_email", f"{api}?{urlencode({'email': email})}"


def _words() -> dict[str, str]:
    """What is searched for: a page of names that hold it are here, or of a full name one."""
    from customers.models import Customer

    persons = Customer.objects.filter(kind="person").exclude(country="CN").values_list("family_name", flat=True)
    families = [family.casefold() for family in persons if family.isascii() and len(family) > 5]
    chinese = Customer.objects.filter(country="CN").order_by("pk").values_list("name", flat=True)
    company = Customer.objects.filter(kind="organisation").order_by("-pk")[0].name
    return {
        "prefix": _full_page(Counter(family[:4] for family in families)),
        "substring": _full_page(Counter(family[1:5] for family in families)),
        "two_words": _full_page(Counter(f"industries {family[0]}" for family in families)),
        "one_by_substrings": " ".join(word[1:] for word in company.split()),
        "chinese_character": _full_page(Counter(character for name in chinese for character in name)),
        "chinese_name": next(name for name in chinese if len(name) == 3),
    }


def _full_page(candidates: Counter[str]) -> str:
    """The first, from the rarest, by which a full page is found."""
    from customers.models import Customer

    for text, _ in sorted(candidates.items(), key=lambda found: (found[1], found[0])):
        if Customer.objects.search(text).count() >= FULL_PAGE:
            return text
    raise RuntimeError("no text finds a full page")


def _customer_page() -> None:
    """The page of one customer among many, with a long history."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from customers.models import ExternalId, Team
    from customers.operations.import_orders import import_orders
    from customers.operations.records import OrderRecord
    from customers.operations.source import Source
    from customers.sql.refresh_statistics import refresh_statistics
    from services.operations.import_tickets import import_tickets
    from services.operations.records import TicketRecord

    at, one = timezone.now(), ExternalId.objects.filter(source="bench").order_by("pk")[LARGE // 2]
    source_id = one.source_id
    moments = [(f"{n}", at - timedelta(hours=n)) for n in range(1, HISTORY + 1)]
    tickets = [TicketRecord(n, f"B-{n}", source_id, f"Question {n}", then, "Bench") for n, then in moments]
    orders = [OrderRecord(n, f"B-{n}", source_id, "EUR", then) for n, then in moments]
    refused: list[tuple[str, ...]] = []
    common: dict[str, Any] = {"source": Source("bench"), "team": Team.objects.order_by("pk")[0], "at": at}

    def report(*told: str) -> None:
        refused.extend([told] if told[1] == "refused" else [])

    import_tickets(records=tickets, report=report, **common)
    import_orders(records=orders, report=report, **common)
    if refused:
        raise RuntimeError(f"{len(refused)} rows of the history were refused, first {refused[0]}")
    refresh_statistics()
    client, address = _client(), f"/admin/customers/customer/{one.customer_id}/"
    seconds = _page(client, address).seconds
    with CaptureQueriesContext(connection) as queries:
        client.get(address, secure=True)
    _say("customer_page_history", 2 * HISTORY, "tickets and orders")
    _say("customer_page_queries", len(queries), "queries")
    _say(f"customer_page_at_{LARGE}", seconds * 1000, "ms")


if __name__ == "__main__":
    sys.exit(main())
