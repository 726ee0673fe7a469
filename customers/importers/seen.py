"""What was seen of uploaded files, kept beside them: the pages of the wizard show it without reading the files anew.

It holds samples of personal data, so it stands in the folder of the upload, encrypted, and not in the database."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path

from customers.cells import unguard
from customers.importers.files.open_file import open_file
from customers.importers.files.sheet import ImportStopped
from customers.importers.formats import format_of
from customers.importers.inspect import InspectedTable, Inspection, inspect
from customers.operations.uploads import keep_beside, open_upload

FILE = ".seen.json"
PREVIEW_ROWS = 5


@dataclass(slots=True)
class SeenColumn:
    """One column: its first different values, and how its values are written, were they dates."""

    name: str
    samples: list[str] = field(default_factory=list)
    is_empty: bool = False
    order: str = ""  # a DateOrder
    example: str = ""  # of a date that could be two


@dataclass(slots=True)
class SeenTable:
    """One sheet of a file, or a file that cannot be read: then `error` says why. `rows` is an estimate."""

    file: str
    sheet: str = ""
    error: str = ""
    encoding: str = ""
    is_guess: bool = False  # of the encoding
    delimiter: str = ""
    rows: int = 0
    mapping: str = ""  # the name of the kept mapping that was put on it
    columns: list[SeenColumn] = field(default_factory=list)
    preview: list[list[str]] = field(default_factory=list)

    @property
    def header(self) -> list[str]:
        """The names of the columns."""
        return [column.name for column in self.columns]


def look(
    folder: Path, *, format: str = "", encoding: str = "", delimiter: str = "", only: str = ""
) -> tuple[Inspection, list[SeenTable]]:
    """Look at the files of an upload, or at one of them; what people say is not found out. Nothing is kept yet."""
    paths = [path for path in files_in(folder) if only in ("", path.name)]
    inspection = inspect(paths, format=format, encoding=encoding, delimiter=delimiter)
    return inspection, [_seen(folder, table) for table in inspection.tables]


def files_in(folder: Path) -> list[Path]:
    """The files that were uploaded."""
    return sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))


def remember(folder: Path, tables: Iterable[SeenTable]) -> None:
    """Keep what was seen."""
    keep_beside(folder, FILE, json.dumps([asdict(table) for table in tables]).encode())


def recall(folder: Path) -> list[SeenTable]:
    """What was seen, in the order of the files."""
    with open_upload(folder / FILE) as file:
        kept = json.load(file)
    return [SeenTable(**{**one, "columns": [SeenColumn(**column) for column in one["columns"]]}) for one in kept]


def _seen(folder: Path, table: InspectedTable) -> SeenTable:
    """Messages tell of the file by its name, not by where it lies."""
    return SeenTable(
        file=table.file,
        sheet=table.sheet,
        error=table.error.replace(f"{folder}/", ""),
        encoding=table.encoding,
        is_guess=table.encoding_is_guess,
        delimiter=table.delimiter,
        rows=table.rows,
        mapping=table.mapping,
        columns=[
            SeenColumn(
                column.name,
                column.samples,
                column.is_empty,
                column.dates.order if column.dates else "",
                column.dates.example if column.dates else "",
            )
            for column in table.columns
        ],
        preview=[] if table.error else _preview(folder / table.file, table),
    )


def _preview(path: Path, table: InspectedTable) -> list[list[str]]:
    is_own = bool(table.format and table.kind and format_of(table.format).table(table.kind).is_own)
    try:
        sheets = open_file(path, file=table.file, encoding=table.encoding, delimiter=table.delimiter, confirm=True)
        sheet = next(sheet for sheet in sheets if sheet.name == table.sheet)
        rows = islice((cells for _line, cells, problem in sheet.rows() if not problem), PREVIEW_ROWS)
        return [[unguard(cell) if is_own else cell for cell in cells] for cells in rows]
    except (ImportStopped, StopIteration):  # what is damaged further on is told of when it is read
        return []
