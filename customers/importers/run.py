"""One run of an importer: its counts, the rows that people see, and the feeding of operations."""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Protocol, TypeVar

from tqdm import tqdm

from customers.audit.origin import in_bulk
from customers.choices import ImportState, OnDuplicate, Outcome
from customers.encryption.files import size_of
from customers.importers.files.sheet import ImportStopped, Progress, Row, Sheet, no_progress
from customers.importers.parallel import Hands, Task
from customers.importers.report import RefusedRows
from customers.importers.tables import TableRow, read_table
from customers.models import ImportBatch, ImportRow, Team, User
from customers.operations.records import Counts
from customers.operations.source import Source, keys_in
from customers.sql.refresh_statistics import refresh_statistics

BATCH = 1000

# So many rows of each outcome are kept for people to look at; the report of refused rows has all of those.
ROWS_KEPT = 2000

# So many different notes are kept.
NOTES_KEPT = 200

Place = tuple[str, int]
"""A file and a line of it."""


class Record(Protocol):
    @property
    def source_id(self) -> str: ...


Item = TypeVar("Item")

# So many refused rows are held back until those before them are done.
HELD_BACK = 10_000


class Unusable(Exception):
    """A row that no record can be made of; the message says why."""


class NoId(Unusable):
    """A row that does not say what it is of. That is told once, however often the row is read."""


@dataclass(slots=True)
class _UnderWay:
    """A batch that was given to be done, and the rows refused after it, which are told of in their turn."""

    kind: str
    places: dict[str, Place]
    refused: list[tuple[str, Place, str, str]] = field(default_factory=list)


@dataclass
class ImportRun:
    """What a reader is given: it streams tables and feeds records to operations; the rest is seen to here."""

    batch: ImportBatch
    source: Source
    team: Team
    at: datetime
    refused: RefusedRows
    tell: Callable[[int, int, str], None] = lambda done, total, step: None
    counts: dict[str, Counts] = field(default_factory=dict)
    notes: Counter[str] = field(default_factory=Counter)
    _kept: dict[tuple[str, str], int] = field(default_factory=dict)
    _rows: list[ImportRow] = field(default_factory=list)
    _under_way: deque[_UnderWay] = field(default_factory=deque)
    _hands: Hands = field(init=False)

    @property
    def rehearsal(self) -> bool:
        """Whether nothing is to be written."""
        return self.source.rehearsal

    def note(self, text: str) -> None:
        """Tell people of something that was left out though its row was taken; the same is told once, and counted."""
        if text in self.notes or len(self.notes) < NOTES_KEPT:
            self.notes[text] += 1

    def counts_of(self, kind: str) -> Counts:
        """The tally of one kind of records, which people see even where it stays at nought."""
        return self.counts.setdefault(kind, Counts())

    def watched(self, sheet: Sheet) -> Iterator[Row]:
        """The rows of a sheet, with a progress bar on a terminal, and told to whoever asked."""
        with tqdm(total=sheet.size, desc=sheet.file, unit="B", unit_scale=True, disable=None, leave=False) as bar:

            def progress(read: int) -> None:
                bar.update(read - bar.n)
                self.tell(read, sheet.size, sheet.file)

            yield from sheet.rows(progress)

    def rows(self, kind: str, path: Path, columns: Iterable[str]) -> Iterator[TableRow]:
        """The rows of a table that can be used, with a progress bar on a terminal; the others are refused as `kind`."""
        self.counts.setdefault(kind, Counts())
        size = size_of(path) if path.is_file() else 0
        with tqdm(total=size, desc=path.name, unit="B", unit_scale=True, disable=None, leave=False) as bar:

            def progress(read: int) -> None:
                bar.update(read - bar.n)
                self.tell(read, size, path.name)

            for row in self._table(path, columns, progress):
                if row.problem:
                    self.refuse(kind, (path.name, row.line), "", row.problem)
                else:
                    yield row

    def look(self, kind: str, path: Path, columns: Iterable[str]) -> Iterator[TableRow]:
        """As `rows`, but those that cannot be used are passed over: for a first reading, which refuses none."""
        self.counts_of(kind)
        return (row for row in self._table(path, columns, no_progress) if not row.problem)

    def _table(self, path: Path, columns: Iterable[str], progress: Progress) -> Iterator[TableRow]:
        said = self.batch.options
        return read_table(
            path,
            columns=list(columns),
            progress=progress,
            encoding=str(said.get("encoding", "")),
            delimiter=str(said.get("delimiter", "")),
        )

    def refuse(self, kind: str, place: Place, source_id: str, reason: str) -> None:
        """Count a row as refused and report where it is and why."""
        if self._under_way:
            self._under_way[-1].refused.append((kind, place, source_id, reason))
            if len(self._under_way[-1].refused) >= HELD_BACK:
                self._settle_all()
        else:
            self.counts_of(kind).refused += 1
            self._report(kind, place, source_id, Outcome.REFUSED, "", reason)

    def feed(self, kind: str, operation: Callable[..., Counts], records: Iterable[tuple[Place, Record]]) -> None:
        """Hand the records to a bulk operation, a thousand at a time, each batch in a transaction of its own."""
        self.counts_of(kind)
        with Hands(Task(operation, self.source, self.team, self.at)) as self._hands:
            try:
                for batch in batches(records, BATCH):
                    if self._hands.are_full:
                        self._settle()
                    self._hands.give([record for _, record in batch])
                    places = {record.source_id: place for place, record in reversed(batch)}
                    self._under_way.append(_UnderWay(kind, places))
                    while self._hands.have_result:
                        self._settle()
            except ImportStopped:
                self._settle_all()
                raise
            self._settle_all()

    def _settle_all(self) -> None:
        while self._under_way:
            self._settle()

    def _settle(self) -> None:
        """Count and report what became of the earliest batch that is under way, and the rows refused after it."""
        result = self._hands.take()
        done = self._under_way.popleft()
        self.counts_of(done.kind).add(result.counts)
        for source_id, outcome, label, detail in result.told:
            self._report(done.kind, done.places.get(source_id, ("", 0)), source_id, outcome, label, detail)
        behind, self._under_way = self._under_way, deque()
        for refused in done.refused:
            self.refuse(*refused)
        self._under_way = behind
        self.write_rows()

    def _report(self, kind: str, place: Place, source_id: str, outcome: str, label: str, detail: str) -> None:
        file, line = place
        if outcome == Outcome.REFUSED:
            self.refused.add(file=file, line=line, source_id=source_id, reason=detail)
        elif outcome == Outcome.DUPLICATE:
            self.batch.duplicates += 1
        elif not self.rehearsal:
            return
        kept = self._kept.get((kind, outcome), 0)
        if kept < ROWS_KEPT:
            self._kept[kind, outcome] = kept + 1
            row = ImportRow(batch=self.batch, kind=kind, file=file[:255], line=line, outcome=outcome)
            row.source_id, row.label, row.detail = (_storable(text) for text in (source_id, label, detail))
            row.source_id, row.label = row.source_id[:255], row.label[:255]
            self._rows.append(row)

    def write_rows(self) -> None:
        """Write down what became of the rows so far."""
        ImportRow.objects.bulk_create(self._rows, batch_size=BATCH)
        self._rows.clear()


def _storable(text: str) -> str:
    """What every database takes: no NUL, no half characters."""
    return text.replace("\0", "\N{SYMBOL FOR NULL}").encode(errors="replace").decode()


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
    user: User | None = None,
    on_duplicate: str = OnDuplicate.CREATE,
    source: str = "",
    shown: str = "",
    tables: Sequence[Mapping[str, Any]] = (),
    options: Mapping[str, Any] | None = None,
) -> ImportBatch:
    """Import a file or folder from the command line; returns the batch with its counts. Raises ImportStopped where it
    cannot be read. `source` is what the ids are the ids of (the format, where nothing else is said); `shown` is
    what people know the file by, where it is not its path; `tables` and `options` are how a format whose columns are
    mapped is read.

    A dry run does everything but write. Otherwise what was written before a failure stays: the next run finds it
    unchanged and goes on."""
    batch = ImportBatch.objects.create(
        format=format,
        source=source or format,
        tables=list(tables),
        options=dict(options or {}),
        path=(shown or str(path))[-255:],
        dry_run=dry_run,
        team=team,
        on_duplicate=on_duplicate,
        started_at=now(),
        started_by=user,
    )
    return work_through(batch=batch, reader=reader, path=path, now=now, reports=reports, rehearsal=dry_run)


def work_through(
    *,
    batch: ImportBatch,
    reader: Reader,
    path: Path,
    now: Callable[[], datetime],
    reports: Path,
    rehearsal: bool,
    tell: Callable[[int, int, str], None] = lambda done, total, step: None,
    ended: str = ImportState.DONE,
) -> ImportBatch:
    """Do the import of a batch row, or rehearse it; it ends in the state `ended`, or in `failed`.

    The report of refused rows is written into the folder `reports`, encrypted if the files were uploaded. Raises
    ImportStopped where a file cannot be read."""
    batch.rows.all().delete()
    batch.duplicates = 0
    earlier = {} if rehearsal else _written_before(batch)
    source = Source(
        batch.source,
        user=batch.started_by,
        batch=None if rehearsal else batch,
        rehearsal=rehearsal,
        on_duplicate=batch.on_duplicate,
    )
    team = batch.team or Team.objects.order_by("pk")[0]
    report = RefusedRows(reports / f"import-{batch.pk}-{batch.format}.csv", encrypted=bool(batch.folder))
    run = ImportRun(batch, source, team, now(), report, tell)
    try:
        with in_bulk():  # one entry for the whole, below
            reader(run, path)
        if not rehearsal:
            refresh_statistics()
    except BaseException as error:
        _finish(run, ImportState.FAILED, at=now(), error=f"{type(error).__name__}: {error}")
        raise
    for kind, counts in earlier.items():
        run.counts.setdefault(kind, Counts()).resume(counts)
    _finish(run, ended, at=now())
    return batch


def _written_before(batch: ImportBatch) -> dict[str, Counts]:
    """What an earlier attempt at this import, whose worker died, has created and updated."""
    found: dict[str, Counts] = {}
    for step in batch.steps.exclude(kind=""):
        counts = found.setdefault(step.kind, Counts())
        counts.created += sum(1 for _ in keys_in(step.created))
        counts.updated += len(step.changed)
    return found


def _finish(run: ImportRun, state: str, *, at: datetime, error: str = "") -> None:
    batch = run.batch
    counts: dict[str, Any] = {kind: asdict(count) for kind, count in run.counts.items()}
    batch.state, batch.counts, batch.error = state, counts, error
    batch.report_path = run.refused.close()
    batch.options = {**batch.options, "notes": dict(run.notes.most_common())}
    batch.finished_at = at
    run.write_rows()
    batch.save(update_fields=["state", "counts", "error", "report_path", "finished_at", "duplicates", "options"])
