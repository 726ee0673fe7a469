"""A first look at files: what each is, how it is read, what its columns most probably mean. The wizard shows it for
confirmation, the command line takes it as it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from django.utils.translation import gettext as _

from customers.cells import unguard
from customers.importers.dates import DateEvidence, DateOrder, common_order
from customers.importers.files.open_file import open_file
from customers.importers.files.sheet import ImportStopped, Sheet
from customers.importers.formats import Format, TableKind, format_of, formats
from customers.importers.mapping.content import content_of
from customers.importers.mapping.suggest import apply_saved, saved_for, suggest
from customers.importers.mapping.table import TableMapping
from customers.importers.mapping.targets import IGNORE, parts_of

LOOKED_AT = 1000
SAMPLES = 5
# So many different values tell whether a column is what its name promises.
TELLING = 100


@dataclass(slots=True)
class InspectedColumn:
    """One column. `samples` are its first different values, and `values` more of them; a column without any `is_empty`
    as far as was looked."""

    name: str
    target: str
    samples: list[str]
    is_empty: bool
    values: list[str]
    dates: DateEvidence | None = None  # what its values say, were they dates
    date_order: str = ""  # of a column of dates: a DateOrder; those that do not tell follow those that do


@dataclass(slots=True)
class InspectedTable:
    """One sheet of a file, or a file that cannot be read; then `error` says why, and there is nothing else.

    `kind` is empty where no kind of table fits: the sheet is then left out, unless somebody says what it is.
    `encoding_is_guess`: show some samples, and ask whether they are right. `rows` is an estimate.
    `format` is the code of the format that it is taken for."""

    file: str
    sheet: str = ""
    error: str = ""
    format: str = ""
    kind: str = ""
    encoding: str = ""
    encoding_is_guess: bool = False
    delimiter: str = ""
    columns: list[InspectedColumn] = field(default_factory=list)
    constants: dict[str, str] = field(default_factory=dict)
    rows: int = 0
    mapping: str = ""  # the name of the saved mapping that was put on it

    @property
    def header(self) -> list[str]:
        """The names of the columns."""
        return [column.name for column in self.columns]

    def as_mapping(self) -> TableMapping:
        """How it would be read as proposed; `.as_entry()` of that goes into ImportBatch.tables."""
        columns = {column.name: column.target for column in self.columns if self.kind}
        return TableMapping(
            self.file, self.kind, columns, self.sheet, dict(self.constants), self.encoding, self.delimiter
        )


@dataclass(slots=True)
class Inspection:
    """What files are. `format` is the code of the format that most of them fit; empty where none does."""

    format: str
    tables: list[InspectedTable]

    @property
    def asks_for_date_order(self) -> bool:
        """Whether people must say if dates are day-first or month-first: `day` or `month` in
        ImportBatch.options["date_order"]."""
        columns = (column for table in self.tables for column in table.columns)
        return any(column.date_order == DateOrder.UNKNOWN for column in columns)


def inspect(
    paths: Mapping[str, Path] | Sequence[Path],
    *,
    format: str = "",
    encoding: str = "",
    delimiter: str = "",
    sheet: str = "",
) -> Inspection:
    """Look at files, given as {name that people know: path} or as paths.

    `format`, `encoding`, `delimiter` and `sheet` (of workbooks) are what people say; empty: find out. An encoding that
    can only be guessed is proposed and marked as a guess. Never raises for what is in the files."""
    named = paths if isinstance(paths, Mapping) else {path.name: path for path in paths}
    looked = [one for file, path in named.items() for one in _opened(file, path, encoding, delimiter, sheet)]
    chosen = format_of(format) if format else _best_format([one.header for one in looked if isinstance(one, _Looked)])
    tables = [_inspected(one, chosen) if isinstance(one, _Looked) else one for one in looked]
    set_date_orders(tables)
    return Inspection(chosen.code if chosen else "", tables)


def with_kind(table: InspectedTable, format: str, kind: str) -> InspectedTable:
    """The same table after somebody said of what kind it is, with what its columns then most probably mean."""
    found = format_of(format).table(kind)
    targets, table.mapping = _targets(table, format, found)
    table.format, table.kind, table.constants = format, kind, dict(found.constants)
    for column in table.columns:
        column.target = targets[column.name]
    return table


def set_date_orders(tables: Sequence[InspectedTable]) -> None:
    """Say of each column of dates in which order they are, as the targets now are. Call it again where targets
    change."""
    seen: list[tuple[InspectedColumn, DateEvidence]] = []
    for table in tables:
        kind = _kind(table)
        content = content_of(kind.content) if kind else None
        for column in table.columns:
            column.date_order = ""
            if content and column.dates and any(map(content.is_moment, parts_of(column.target))):
                seen.append((column, column.dates))
    common = common_order(evidence for _column, evidence in seen)
    for column, evidence in seen:
        column.date_order = (common or evidence.order) if evidence.order == DateOrder.UNKNOWN else evidence.order


@dataclass(slots=True)
class _Looked:
    sheet: Sheet
    rows: list[list[str]]
    estimate: int

    @property
    def header(self) -> list[str]:
        return self.sheet.header


def _opened(file: str, path: Path, encoding: str, delimiter: str, sheet: str) -> list[_Looked | InspectedTable]:
    try:
        sheets = open_file(path, file=file, encoding=encoding, delimiter=delimiter, confirm=True)
        if sheet and any(found.name for found in sheets):
            names = ", ".join(found.name for found in sheets)
            sheets = [found for found in sheets if found.name == sheet]
            if not sheets:
                text = _("%(file)s: there is no sheet “%(sheet)s”; there are: %(names)s")
                return [InspectedTable(file, error=text % {"file": file, "sheet": sheet, "names": names})]
        return [_looked(found) for found in sheets]
    except ImportStopped as error:
        return [InspectedTable(file, error=str(error))]


def _looked(sheet: Sheet) -> _Looked:
    rows = list(islice(sheet.rows(), LOOKED_AT))
    usable = [cells for _line, cells, problem in rows if not problem]
    return _Looked(sheet, usable, len(rows) if len(rows) < LOOKED_AT else max(sheet.estimate, LOOKED_AT))


def _best_format(headers: list[list[str]]) -> Format | None:
    """The format that most tables fit; of equals the one that knows most of their columns. What takes anything comes
    last."""
    scores = {format.code: _fit(format, headers) for format in formats()}
    best = max(scores, key=lambda code: scores[code], default="")
    return format_of(best) if best and any(scores[best]) else None


def _fit(format: Format, headers: list[list[str]]) -> tuple[int, int, int]:
    if format.is_fixed:
        taken = [len(header) for header in headers if format.takes(header)]
        return len(taken), 2 * sum(taken), 0  # its columns are asked for by name, all of them
    kinds = [(header, kind) for header in headers if (kind := format.kind_of(header))]
    known = [kind.score(header)[0] for header, kind in kinds if kind.needs]
    return len(known), sum(known), len(kinds) - len(known)


def _inspected(looked: _Looked, format: Format | None) -> InspectedTable:
    sheet = looked.sheet
    table = InspectedTable(sheet.file, sheet.name, encoding=sheet.encoding, delimiter=sheet.delimiter)
    table.rows, table.format = looked.estimate, format.code if format else ""
    table.encoding_is_guess = sheet.is_guess
    kind = format.kind_of(sheet.header) if format and not format.is_fixed else None
    is_own = kind is not None and kind.is_own
    table.columns = [_column(name, place, looked.rows, is_own) for place, name in enumerate(sheet.header)]
    return with_kind(table, format.code, kind.code) if format and kind else table


def _targets(table: InspectedTable, format: str, kind: TableKind) -> tuple[dict[str, str], str]:
    """What the columns mean, and the name of the saved mapping that says so."""
    header = table.header
    saved = saved_for(header, format, kind)
    if saved is not None:
        return apply_saved(header, saved.tables[kind.code]), saved.name
    return suggest(header, kind, {column.name: column.values for column in table.columns}), ""


def _column(name: str, place: int, rows: list[list[str]], is_own: bool) -> InspectedColumn:
    values = [text for cells in rows if (text := cells[place].strip(" "))]
    if is_own:
        values = [unguard(text) for text in values]
    different = list(dict.fromkeys(values))
    column = InspectedColumn(name, IGNORE, different[:SAMPLES], not values, different[:TELLING])
    if values:
        column.dates = DateEvidence()
        for text in values:
            column.dates.add(text)
    return column


def _kind(table: InspectedTable) -> TableKind | None:
    return format_of(table.format).table(table.kind) if table.format and table.kind else None
