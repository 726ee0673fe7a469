"""The same reports as plain SQL over a plain table, in a database of its own: what the product counts must equal it.

The table holds each event once: its place in the order of (person, moment, key), and the day, week and month that it
lies in, as numbers, of the clock on the wall of the zone."""

# ruff: noqa: S608 - what is put into the statements are names and numbers of these tests

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from analytics.behaviour.events import SECOND

UNITS = {"day": "d", "week": "w", "month": "m"}


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of a generated log; `key` settles ties of time."""

    person: int
    at: int
    key: int
    name: int
    session: int | None = None
    plan: str = ""


def moment_of(at: int) -> datetime:
    """Microseconds since 1970 as a moment."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)


class Oracle:
    """A log, and questions to it."""

    def __init__(self, log: Iterable[Happened], zone: ZoneInfo) -> None:
        self.db = sqlite3.connect(":memory:")
        self.db.execute(
            "CREATE TABLE e (n INTEGER PRIMARY KEY, person INT, at INT, name INT, session INT, plan TEXT,"
            " d INT, w INT, m INT)"
        )
        self.db.execute("CREATE INDEX by_person ON e (person, n)")
        ordered = sorted(log, key=lambda one: (one.person, one.at, one.key))
        for n, one in enumerate(ordered):
            day = moment_of(one.at).astimezone(zone).date()
            numbers = day.toordinal(), (day.toordinal() - 1) // 7, day.year * 12 + day.month
            self.db.execute(
                "INSERT INTO e VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (n, one.person, one.at, one.name, one.session, one.plan, *numbers),
            )

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return self.db.execute(sql, values).fetchall()

    def trend(self, name: int, unit: str, start: int, end: int) -> dict[tuple[int, str], tuple[int, int]]:
        """Events and people by step of the calendar and value of the property."""
        u = UNITS[unit]
        rows = self.ask(
            f"SELECT {u}, plan, COUNT(*), COUNT(DISTINCT person) FROM e"
            " WHERE name = ? AND at >= ? AND at < ? GROUP BY 1, 2",
            name,
            start,
            end,
        )
        return {(step, plan): (events, people) for step, plan, events, people in rows}

    def people(self, name: int, start: int, end: int) -> int:
        """Different people in the whole period."""
        sql = "SELECT COUNT(DISTINCT person) FROM e WHERE name = ? AND at >= ? AND at < ?"
        return int(self.ask(sql, name, start, end)[0][0])

    def attempts(self, steps: Sequence[int], window: int, start: int, end: int) -> list[tuple[Any, ...]]:
        """Of each person the attempt that counts: person, and the place and time of each step or null."""
        columns, joins = "", ""
        for number, _name in enumerate(steps[1:], 1):
            joins += (
                f" LEFT JOIN e AS e{number} ON e{number}.n = (SELECT MIN(x.n) FROM e AS x"
                f" WHERE x.person = e0.person AND x.name = ? AND x.n > e{number - 1}.n AND x.at <= e0.at + {window})"
            )
            columns += f", e{number}.n AS n{number}, e{number}.at AS at{number}"
        depth = " + ".join(f"(n{number} IS NOT NULL)" for number in range(len(steps)))
        return self.ask(
            f"SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY person ORDER BY {depth} DESC, n0) AS rank"
            f" FROM (SELECT e0.person AS person, e0.n AS n0, e0.at AS at0{columns} FROM e AS e0{joins}"
            "  WHERE e0.name = ? AND e0.at >= ? AND e0.at < ?)) WHERE rank = 1 ORDER BY person",
            *steps[1:],
            steps[0],
            start,
            end,
        )

    def reached(self, steps: Sequence[int], window: int, start: int, end: int) -> list[int]:
        """How many people have any chain of so many events in order, whatever attempt counts."""
        found = []
        for length in range(1, len(steps) + 1):
            tables = ", ".join(f"e AS e{number}" for number in range(length))
            links = "".join(
                f" AND e{n}.person = e0.person AND e{n}.n > e{n - 1}.n AND e{n}.name = ?"
                f" AND e{n}.at <= e0.at + {window}"
                for n in range(1, length)
            )
            sql = (
                f"SELECT COUNT(DISTINCT e0.person) FROM {tables} WHERE e0.name = ? AND e0.at >= ? AND e0.at < ?{links}"
            )
            found.append(int(self.ask(sql, steps[0], start, end, *steps[1:length])[0][0]))
        return found

    def retention(self, first: int, back: int, unit: str, start: int, end: int) -> tuple[dict[int, int], Any]:
        """How many began in each step of the calendar; and how many were back in it and so many steps after it."""
        u = UNITS[unit]
        began = (
            "WITH f AS (SELECT e.* FROM e JOIN (SELECT MIN(n) AS n FROM e WHERE name = ? AND at >= ? AND at < ?"
            " GROUP BY person) AS b ON e.n = b.n) "
        )
        people = self.ask(f"{began} SELECT {u}, COUNT(*) FROM f GROUP BY 1", first, start, end)
        came = self.ask(
            f"{began} SELECT f.{u}, r.{u} - f.{u}, COUNT(DISTINCT r.person) FROM f"
            " JOIN e AS r ON r.person = f.person AND r.n > f.n AND r.name = ? GROUP BY 1, 2",
            first,
            start,
            end,
            back,
        )
        return dict(people), {(cohort, column): number for cohort, column, number in came}

    def paths(self, anchor: int, window: int, start: int, end: int, *, back: bool, skips: bool) -> Any:
        """How many people did what as the n-th thing after (before) their first anchor: {(step, name): people}."""
        order, beyond = ("DESC", "<") if back else ("ASC", ">")
        same = "AND (before IS NULL OR before <> name)" if skips else ""
        return {
            (step, name): people
            for step, name, people in self.ask(
                "WITH a AS (SELECT e.* FROM e JOIN (SELECT MIN(n) AS n FROM e WHERE name = ? AND at >= ? AND at < ?"
                " GROUP BY person) AS b ON e.n = b.n),"
                f" l AS (SELECT *, LAG(name) OVER (PARTITION BY person ORDER BY n {order}) AS before FROM e),"
                f" p AS (SELECT l.name, ROW_NUMBER() OVER (PARTITION BY l.person ORDER BY l.n {order}) - 1 AS step"
                f"  FROM l JOIN a ON a.person = l.person AND l.n {beyond} a.n AND ABS(l.at - a.at) <= ?"
                f"  WHERE 1 = 1 {same.replace('name', 'l.name')})"
                " SELECT step, name, COUNT(*) FROM p GROUP BY 1, 2",
                anchor,
                start,
                end,
                window,
            )
        }

    def sessions(self, unit: str, start: int, end: int) -> list[tuple[Any, ...]]:
        """Each session: step of the calendar, person, events, seconds."""
        u = UNITS[unit]
        gap = 30 * 60 * SECOND
        return self.ask(
            "WITH i AS (SELECT * FROM e WHERE at >= ? AND at < ?),"
            " g AS (SELECT *, CASE WHEN session IS NULL AND at - LAG(at) OVER (PARTITION BY person, session IS NULL"
            f"  ORDER BY n) <= {gap} THEN 0 ELSE 1 END AS begins FROM i),"
            " s AS (SELECT *, CASE WHEN session IS NULL THEN SUM(begins) OVER (PARTITION BY person, session IS NULL"
            "  ORDER BY n) END AS run FROM g)"
            f" SELECT MIN({u}), person, COUNT(*), (MAX(at) - MIN(at)) / {SECOND}.0 FROM s GROUP BY person, session, run"
            " ORDER BY 2, MIN(n)",
            start,
            end,
        )
