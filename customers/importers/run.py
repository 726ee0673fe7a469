"""One run of an importer: its batch row, counts, report and progress bar, and the feeding of operations."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Protocol, TypeVar

from django.db import transaction
from tqdm import tqdm

from customers.choices import ImportState
from customers.importers.report import RefusedRows
from customers.importers.tables import TableRow, read_table
from customers.models import ImportBatch, Team
from customers.operations.records import Counts
from customers.sql.refresh_statistics import refresh_statistics

BATCH = 1000

Place = tuple[str, int]
"""A file and a line of it."""


class Record(Protocol):
    @property
    def source_id(self) -> str: ...


Item = TypeVar("Item")


class Unusable(Exception):
    """A row that no record can be made of; the message says why."""


@dataclass
class ImportRun:
    """What a reader is given: it streams tables and feeds records to operations; the rest is seen to here."""

    format: str
    team: Team
    at: datetime
    refused: RefusedRows
    counts: dict[str, Counts] = field(default_factory=dict)

    def rows(self, kind: str, path: Path, columns: Iterable[str]) -> Iterator[TableRow]:
        """The rows of a table that can be used, with a progress bar on a terminal; the others are refused as `kind`."""
        self.counts.setdefault(kind, Counts())
        with tqdm(total=path.stat().st_size if path.is_file() else 0, desc=path.name, unit="B", unit_scale=True,
                  disable=None, leave=False) as bar:  # fmt: skip
            for row in read_table(path, columns=list(columns), progress=lambda read: bar.update(read - bar.n)):
                if row.problem:
                    self.refuse(kind, (path.name, row.line), "", row.problem)
                else:
                    yield row

    def refuse(self, kind: str, place: Place, source_id: str, reason: str) -> None:
        """Count a row as refused and report where it is and why."""
        self.counts.setdefault(kind, Counts()).refused += 1
        self.refused.add(file=place[0], line=place[1], source_id=source_id, reason=reason)

    def feed(self, kind: str, operation: Callable[..., Counts], records: Iterable[tuple[Place, Record]]) -> None:
        """Hand the records to a bulk operation, a thousand at a time, each batch in a transaction of its own."""
        total = self.counts.setdefault(kind, Counts())
        for batch in batches(records):
            places = {record.source_id: place for place, record in reversed(batch)}
            total.add(
                operation(
                    source=self.format,
                    records=[record for _, record in batch],
                    team=self.team,
                    at=self.at,
                    refuse=lambda source_id, reason, places=places: self._report(places, source_id, reason),
                )
            )

    def _report(self, places: dict[str, Place], source_id: str, reason: str) -> None:
        file, line = places.get(source_id, ("", 0))
        self.refused.add(file=file, line=line, source_id=source_id, reason=reason)


def batches(items: Iterable[Item], size: int = BATCH) -> Iterator[list[Item]]:
    """The items of a stream in lists of at most `size`."""
    stream = iter(items)
    while batch := list(islice(stream, size)):
        yield batch


Reader = Callable[[ImportRun, Path], None]
"""An importer of one format: reads the file or folder and feeds the run."""


def run_import(
    *,
    format: str,
    reader: Reader,
    path: Path,
    team: Team,
    now: Callable[[], datetime],
    reports: Path,
    dry_run: bool = False,
) -> ImportBatch:
    """Import a file or folder; returns the batch with its counts. Raises ImportStopped where it cannot be read.

    The report of refused rows is written into the folder `reports`. A dry run does everything in one transaction and
    takes it back. Otherwise what was written before a failure stays: the next run finds it unchanged and goes on."""
    at = now()
    batch = ImportBatch.objects.create(format=format, path=str(path)[-255:], dry_run=dry_run, started_at=at)
    run = ImportRun(format, team, at, RefusedRows(reports / f"import-{batch.pk}-{format}.csv"))
    try:
        with _taken_back_if(dry_run):
            reader(run, path)
            if not dry_run:
                refresh_statistics()
    except BaseException as error:
        _finish(batch, run, ImportState.FAILED, at=now(), error=f"{type(error).__name__}: {error}")
        raise
    _finish(batch, run, ImportState.DONE, at=now())
    return batch


@contextmanager
def _taken_back_if(dry_run: bool) -> Iterator[None]:
    if not dry_run:
        yield
        return
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _finish(batch: ImportBatch, run: ImportRun, state: ImportState, *, at: datetime, error: str = "") -> None:
    counts: dict[str, Any] = {kind: asdict(count) for kind, count in run.counts.items()}
    batch.state, batch.counts, batch.error = state, counts, error
    batch.report_path = run.refused.close()
    batch.finished_at = at
    batch.save(update_fields=["state", "counts", "error", "report_path", "finished_at"])
