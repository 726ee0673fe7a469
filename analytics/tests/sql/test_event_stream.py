"""Events come as columns, whole people at a time, the same from every database, however few rows are read at once."""

from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models.expressions import RawSQL

from analytics.behaviour.blocks import NO_SESSION, Block
from analytics.models import Event, EventName
from analytics.operations.people_behind import people_behind
from analytics.operations.report_definition import read_report
from analytics.operations.run_report import run_report
from analytics.sql import event_stream as module
from analytics.sql.event_stream import MOST_PICKED, Reading, event_stream
from analytics.tests.behaviour.events import NAMES, make_events, make_identity
from analytics.tests.behaviour.oracle import Happened
from analytics.tests.operations.test_run_report import CELLS, NOW, PERIOD, make_log, steps
from customers.models import Customer, Team, User
from customers.sql.time_limit import TookTooLong, at_most

pytestmark = pytest.mark.django_db

START, END = (int(datetime(2026, month, 1, tzinfo=UTC).timestamp()) * 1_000_000 for month in (3, 5))
SIZES = [1, 2, 3, 7, 1000]


def read_at_once(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    for name in ("AT_ONCE", "AS_OBJECTS", "FETCHED"):
        monkeypatch.setattr(module, name, size)


def read(user: User, **asked: Any) -> list[Block]:
    with transaction.atomic():
        return [*event_stream(Reading(None, START, END, **asked), user=user)]


def rows_of(blocks: list[Block]) -> list[tuple[Any, ...]]:
    return [
        (person, at, name, session, block.kinds[kind])
        for block in blocks
        for person, at, name, session, kind in zip(
            *(one.tolist() for one in (block.person, block.at, block.name, block.session, block.kind)), strict=True
        )
    ]


@pytest.fixture
def log(north: Team) -> list[Happened]:
    """Of four people, the half of them customers, to the microsecond."""
    log = [
        Happened(one.person, one.at + one.key % 7, one.key, one.name, one.session, one.plan) for one in make_log(4, 40)
    ]
    customers = {
        n: Customer.objects.create(kind="person", name=f"No {n}", team=north) if n % 2 else None for n in NAMES
    }
    make_events(log, {n: make_identity(f"k{n}", customers.get(n)) for n in range(1, 5)})
    return log


def expected_of(log: list[Happened]) -> list[tuple[Any, ...]]:
    """The same rows by Django, one at a time."""
    rows = Event.objects.order_by("identity__person", "at", "pk").select_related("identity")
    found = [
        (
            one.identity.person,
            round(one.at.timestamp() * 1_000_000),
            one.name_id,
            NO_SESSION if one.session is None else one.session,
            one.properties,
        )
        for one in rows
    ]
    assert len(found) == len(log) and {row[3] == NO_SESSION for row in found} == {True, False}
    return found


@pytest.mark.parametrize("size", SIZES)
def test_columns_are_those_of_the_rows(
    log: list[Happened], root: User, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    expected = expected_of(log)
    read_at_once(monkeypatch, size)
    blocks = read(root, sessions=True)
    assert rows_of(blocks) == [(*row[:4], {}) for row in expected]
    assert len({one for block in blocks for one in {*block.person.tolist()}}) == sum(
        len({*block.person.tolist()}) for block in blocks
    )
    assert rows_of(read(root)) == [(*row[:3], NO_SESSION, {}) for row in expected]
    with_plan = [(*row[:3], row[4].get("plan")) for row in expected]
    for sessions in (False, True):
        found = rows_of(read(root, sessions=sessions, properties=frozenset({"plan"})))
        assert [(*row[:3], row[4].get("plan")) for row in found] == with_plan


ODD: dict[str, Any] = {
    "1": "a number for a name",
    "a'b": {"of": [1, None, {"c": True}]},
    "%s": 1.0,
    "产品": "茶 😀",
    "none": None,
    "large": 2**60,
    'qu"ote\\': "x\ny",
    "": False,
}


@pytest.mark.parametrize("further", [0, MOST_PICKED])
def test_properties_come_as_they_were_whatever_they_are_called(log: list[Happened], root: User, further: int) -> None:
    Event.objects.filter(name__name=NAMES[1]).update(properties=ODD)
    names = frozenset({*ODD, *(f"further {number}" for number in range(further))})
    key = EventName.objects.get(name=NAMES[1]).pk
    found = {row[2]: row[4] for row in rows_of(read(root, properties=names))}
    assert {name: found[key].get(name) for name in ODD} == ODD
    assert all(found[other].get(name) is None for other in found if other != key for name in names)
    assert found[key].get("further 0") is None


def test_nobody_reads_what_an_outsider_may_not_see(log: list[Happened], otto: User) -> None:
    assert read(otto, sessions=True) == []


@pytest.mark.parametrize("kind", CELLS)
def test_a_report_is_the_same_however_few_rows_are_read_at_once(
    log: list[Happened], root: User, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    cell, question = CELLS[kind]
    where = [{"property": "plan", "op": "is_not", "value": "b"}]
    questions: list[dict[str, Any]] = [question]
    if kind != "sessions":
        asked = [{**step, "where": where} for step in question.get("steps", steps(2))]
        questions.append({**question, "steps": asked} | ({"breakdown": "plan"} if kind == "trend" else {}))
    for one in questions:
        definition = read_report(
            kind=kind, definition={"period": PERIOD, "time_zone": "Europe/London", **one}, user=root
        )

        def answer(definition: Any = definition) -> Any:
            (found,) = run_report(definition=definition, user=root, at=NOW).found
            people = people_behind(definition=definition, cell=cell, segment=None, user=root, at=NOW)
            assert not found.is_empty
            return found.series, found.funnel, found.cohorts, found.began, found.path, found.sessions, people

        expected = answer()
        for size in SIZES:
            with monkeypatch.context() as patched:
                read_at_once(patched, size)
                assert answer() == expected


class Enough(Exception):
    """Nothing more is wanted."""


def test_whoever_stops_early_leaves_the_connection_as_it_was(
    log: list[Happened], root: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_at_once(monkeypatch, 1)
    blocks = event_stream(Reading(None, START, END), user=root)
    with pytest.raises(Enough), at_most(60), closing(blocks):
        for block in blocks:
            assert len(block)
            raise Enough
    assert Event.objects.count() == len(log)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="of COPY")
def test_a_reading_that_takes_too_long_is_stopped(
    log: list[Happened], root: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = RawSQL("(SELECT 1::bigint FROM pg_sleep(30))", ())
    monkeypatch.setattr(module, "SESSION", slow)
    with pytest.raises(TookTooLong), at_most(60):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 100")
        read(root, sessions=True)
    assert Event.objects.count() == len(log)
