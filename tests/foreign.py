"""Files as other systems export them: rows of our own under their real header lines."""

import csv
from collections.abc import Callable
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

from customers.importers.formats import format_of
from customers.importers.prepare import prepare
from customers.importers.read_tables import read_tables
from customers.importers.run import run_import
from customers.models import ImportBatch, Team
from tests.cast import NOW

Bring = Callable[..., ImportBatch]


def bring(path: Path, format: str, team: Team, *, reports: Path, **said: Any) -> ImportBatch:
    """Import a file or folder as the command does. `said` goes to `prepare` and `run_import`."""
    found = format_of(format)
    how = {name: said.pop(name) for name in ("encoding", "delimiter", "sheet", "saved") if name in said}
    if not found.is_fixed:
        prepared = prepare(path, found, **how)
        said = {"source": prepared.source, **said, "tables": [table.as_entry() for table in prepared.tables]}
    reader = found.reader or read_tables
    return run_import(format=format, reader=reader, path=path, team=team, now=now, reports=reports, **said)


def now() -> datetime:
    """The moment of all imports of tests."""
    return NOW


def under(header: Path, *rows: dict[str, str]) -> str:
    """A CSV file with the columns of a real header line; what a row does not name is empty."""
    with header.open(encoding="utf-8-sig", newline="") as file:
        columns = next(csv.reader(file))
    for row in rows:
        assert row.keys() <= set(columns), f"{header.name} has no column {row.keys() - set(columns)}"
    return written(columns, *rows)


def written(columns: list[str], *rows: dict[str, str], delimiter: str = ",") -> str:
    """A CSV file with these columns, all quoted."""
    out = StringIO()
    writer = csv.DictWriter(out, columns, restval="", quoting=csv.QUOTE_ALL, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def changes(batch: ImportBatch) -> dict[str, int]:
    """How many rows of each kind an import wrote; kinds of which it wrote none are left out."""
    found = {kind: count["created"] + count["updated"] for kind, count in batch.counts.items()}
    return {kind: number for kind, number in found.items() if number}


def refusals(batch: ImportBatch) -> list[str]:
    """Why rows were refused, in the order of the rows."""
    return list(batch.rows.filter(outcome="refused").order_by("id").values_list("detail", flat=True))
