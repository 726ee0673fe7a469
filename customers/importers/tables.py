"""Tables of a fixed format: rows by the names of their columns, in files of whatever kind."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from customers.importers.files.open_file import open_file
from customers.importers.files.sheet import ImportStopped, Progress, Sheet, no_progress, stop
from customers.importers.files.spool import spooled

__all__ = ["ImportStopped", "TableRow", "find_table", "read_table"]


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row by lower-case column name, values stripped. `problem` says why it cannot be used (then empty)."""

    line: int  # the line of the file it begins in, the header being 1
    values: dict[str, str]
    problem: str = ""

    def __getitem__(self, column: str) -> str:
        return self.values[column]


def find_table(folder: Path, name: str) -> Path:
    """The file `name` of a folder, plain or packed. Raises ImportStopped where there is none."""
    if not folder.is_dir():
        raise stop(folder, _("is not a folder"))
    for path in (folder / name, folder / f"{name}.xz", folder / f"{name}.gz"):
        if path.is_file():
            return path
    raise stop(folder, _("there is no %(name)s and no %(name)s.xz in this folder") % {"name": name})


def read_table(
    path: Path,
    *,
    columns: Sequence[str],
    progress: Progress = no_progress,
    encoding: str = "",
    delimiter: str = "",
) -> Iterator[TableRow]:
    """The rows of a file that has at least these columns, in any order and case: of whatever kind it is, of a workbook
    or a JSON file the first sheet that has them.

    `progress` is told from time to time how many bytes of the file were read. Raises ImportStopped, naming the file,
    where it is missing, empty, damaged, in an encoding that can only be guessed, or lacks a column. A row that is
    broken in itself comes with a problem, and the rows after it go on."""
    sheets = [spooled(sheet) for sheet in open_file(path, encoding=encoding, delimiter=delimiter)]
    lacking = [[column for column in columns if column not in _names(sheet)] for sheet in sheets]
    place = next((place for place, missing in enumerate(lacking) if not missing), None)
    if place is None:
        missing, had = ", ".join(lacking[0]), ", ".join(_names(sheets[0]))[:300]
        text = _("lacks the column %(missing)s; it has %(had)s")
        raise stop(path, text % {"missing": missing, "had": had})
    names = _names(sheets[place])
    for column in columns:
        if f"{column} (2)" in names:
            raise stop(path, _("has two columns named %(name)s") % {"name": column})
    for line, cells, problem in sheets[place].rows(progress):
        if problem:
            yield TableRow(line, {}, problem)
        else:
            yield TableRow(line, dict(zip(names, map(str.strip, cells), strict=True)))


def _names(sheet: Sheet) -> list[str]:
    return [name.casefold() for name in sheet.header]
