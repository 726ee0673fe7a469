"""Five million tickets: how long the lists, searches and pages of the desk take, against ten thousand.

Pages are asked for through the whole product (log-in, permissions, templates) by Django's test client; the figure is
the median of several requests after one that warms up. A page at depth 200,000 is compared with the first page of the
small company. CRM_BENCH_TICKETS: another size, for tries."""

import logging
import os
import statistics
import sys
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import django

SMALL, LARGE = 10_000, int(os.environ.get("CRM_BENCH_TICKETS", "5000000"))
DEPTH = 200_000
REPEATS = 9


def main() -> int:
    """Print one line a figure: `name value unit`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    django.setup()
    from django.db import connection
    from django.utils import timezone

    from bench._desk import empty, fill

    logging.disable(logging.INFO)  # a line a request
    if connection.vendor != "postgresql":
        sys.stderr.write("this benchmark is about PostgreSQL: unset DATABASE_URL, or point it to one\n")
        return 1
    measured = []
    for size in SMALL, LARGE:
        empty()
        started = time.perf_counter()
        fill(size, timezone.now())
        _say(f"fill_{size}", time.perf_counter() - started, "s")
        measured.append(_measure())
    small, large = measured
    for name, seconds in large.items():
        base = small[name.replace("_deep", "_first")]
        _say(f"{name}_at_{SMALL}", base * 1000, "ms")
        _say(f"{name}_at_{LARGE}", seconds * 1000, "ms")
        _say(f"{name}_ratio", seconds / base, "times")
    for table in "services_ticket", "services_message", "services_ticketwords":
        _say(f"size_{table}", _size(table), "MB")
    _say("size_of_the_index_ticket_words", _size("ticket_words"), "MB")
    return 0


def _say(name: str, value: float, unit: str) -> None:
    print(f"{name} {value:.2f} {unit}", flush=True)


def _size(relation: str) -> float:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size(%s) / 1048576.0", [relation])
        return float(cursor.fetchone()[0])


def _measure() -> dict[str, float]:
    """Median seconds of each page."""
    from django.contrib.auth.models import Group
    from django.core.cache import cache
    from django.test import Client

    from customers.models import User

    root, _ = User.objects.get_or_create(username="bench", defaults={"is_staff": True, "is_superuser": True})
    agent = User.objects.get(username="agent3")
    agent.groups.add(Group.objects.get(name="Agent"))
    clients = {"root": Client(SERVER_NAME="localhost"), "agent": Client(SERVER_NAME="localhost")}
    clients["root"].force_login(root)
    clients["agent"].force_login(agent)
    cache.clear()  # what was seen of the company of another size
    return {name: _median(clients[who], address) for name, who, address in _addresses()}


def _median(client: Any, address: str) -> float:
    client.get(address, secure=True)
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        response = client.get(address, secure=True)
        times.append(time.perf_counter() - started)
        if response.status_code != 200:
            raise RuntimeError(f"{address}: {response.status_code}")
    return statistics.median(times)


def _addresses() -> Iterator[tuple[str, str, str]]:
    from django.core import signing

    from customers.api.pagination import SALT
    from services.models import Queue, Ticket

    listing, api = "/admin/services/ticket/", "/api/v1/tickets/"
    total = Ticket.objects.count()
    page = 1 + min(DEPTH, total // 2) // 50
    queue = Queue.objects.get(name="Queue 3").pk
    newest = Ticket.objects.order_by("-pk").values_list("pk", flat=True)[0]
    detail = Ticket.objects.filter(pk__lte=newest - total // 3).order_by("-pk")[0]
    yield "list_first", "root", f"{listing}?show=all"
    yield "list_deep", "root", f"{listing}?show=all&p={page}"
    yield "list_unsolved", "root", listing
    yield "list_of_status_first", "root", f"{listing}?status__exact=closed"
    yield "list_of_status_deep", "root", f"{listing}?status__exact=closed&p={page}"
    yield "list_of_queue_first", "root", f"{listing}?show=all&queue__id__exact={queue}"
    yield "list_of_queue_deep", "root", f"{listing}?show=all&queue__id__exact={queue}&p={min(page, total // 40 // 50)}"
    yield "list_by_opening_first", "root", f"{listing}?show=all&o=-8"
    yield "list_of_an_agent_first", "agent", f"{listing}?show=all"
    yield "list_of_an_agent_deep", "agent", f"{listing}?show=all&p={min(page, total // 20 // 50)}"
    yield "list_of_an_agent_unsolved", "agent", listing
    for name, text in _searches(detail):
        yield f"search_{name}", "root", f"{listing}?{urlencode({'q': text, 'show': 'all'})}"
    yield "search_of_an_agent", "agent", f"{listing}?{urlencode({'q': _common(), 'show': 'all'})}"
    yield "detail", "root", f"{listing}{detail.pk}/change/"
    yield "api_list_first", "root", api
    cursor = signing.dumps(["-id", newest - min(DEPTH, total // 2), newest - min(DEPTH, total // 2)], salt=SALT)
    yield "api_list_deep", "root", f"{api}?{urlencode({'cursor': cursor})}"
    yield "api_by_opening", "root", f"{api}?ordering=-created_at"
    yield "api_search_rare", "root", f"{api}?q=zugzwang"
    yield "api_search_common", "root", f"{api}?{urlencode({'q': _common()})}"


def _common(place: int = 0) -> str:
    """The commonest English word, or the one at this place."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word FROM ts_stat('SELECT words FROM bench_bodies') WHERE word ~ '^[a-z]{4,}$' "
            "ORDER BY ndoc DESC, word LIMIT 1 OFFSET %s",
            [place],
        )
        return str(cursor.fetchone()[0])


def _searches(detail: Any) -> Iterator[tuple[str, str]]:
    common = _common()
    yield "common", common
    yield "rare", "zugzwang"
    yield "middling", "n7"  # a beginning, of one in nine
    yield "uncommon", "n71"  # of one in ninety
    yield "one_ticket", f"r{detail.pk}"
    yield "number", detail.number
    yield "two_words", f"{common} zugzwang"
    yield "two_common_words", f"{common} {_common(1)}"
    yield "nothing", "xyzzyx"
    yield "chinese_common", "漏水"
    yield "chinese_character", "泵"
    yield "chinese_two", "水泵 退款"
    yield "email", "nobody@example.com"


if __name__ == "__main__":
    sys.exit(main())
