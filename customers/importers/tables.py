"""CSV files read as streams, plain or .xz, one row at a time; whatever is wrong with them said in one sentence."""

import csv
import lzma
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO, TextIO, cast


class ImportStopped(Exception):
    """The file cannot be read at all; the message says what to do. What was written before stays and is found again."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row by lower-case column name, values stripped. `problem` says why it cannot be used (then empty)."""

    line: int  # the line of the file it begins in, the header being 1
    values: dict[str, str]
    problem: str = ""

    def __getitem__(self, column: str) -> str:
        return self.values[column]


def find_table(folder: Path, name: str) -> Path:
    """The file `name` or `name`.xz of a folder. Raises ImportStopped where there is none."""
    if not folder.is_dir():
        raise ImportStopped(f"{folder}: is not a folder")
    for path in (folder / name, folder / f"{name}.xz"):
        if path.is_file():
            return path
    raise ImportStopped(f"{folder}: there is no {name} and no {name}.xz in this folder")


def read_table(
    path: Path, *, columns: Sequence[str], progress: Callable[[int], object] = lambda _: None
) -> Iterator[TableRow]:
    """The rows of a CSV file in UTF-8 that has at least these columns, in any order and case.

    `progress` is told from time to time how many bytes of the file were read. Raises ImportStopped, naming file and
    line, where the file is missing, empty, damaged, not UTF-8 or lacks a column. A row that is broken in itself comes
    with a problem, and the rows after it go on."""
    try:
        with path.open("rb") as raw, _unpacked(raw, path) as text:
            yield from _rows(text, path, columns, lambda: progress(raw.tell()))
    except FileNotFoundError as error:
        raise ImportStopped(f"{path}: there is no such file") from error
    except OSError as error:
        raise ImportStopped(f"{path}: cannot be read ({error.strerror or error})") from error
    except (lzma.LZMAError, EOFError) as error:
        raise ImportStopped(f"{path}: the .xz file is damaged or incomplete") from error
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        raise ImportStopped(
            f"{path}: is not in UTF-8 (byte 0x{byte:02X}); if it is in Latin-1, convert it with "
            f"`iconv -f latin1 -t utf-8`"
        ) from error


def _unpacked(raw: BinaryIO, path: Path) -> TextIO:
    if path.suffix == ".xz":
        return cast(TextIO, lzma.open(raw, "rt", encoding="utf-8-sig", newline=""))
    return TextIOWrapper(raw, encoding="utf-8-sig", newline="")


def _rows(text: TextIO, path: Path, columns: Sequence[str], progress: Callable[[], object]) -> Iterator[TableRow]:
    reader = csv.reader(text, strict=True)
    try:
        names = _header(path, next(reader, []), columns)
    except csv.Error as error:
        raise ImportStopped(f"{path}: the header is no proper CSV: {error}") from error
    line = reader.line_num + 1
    for number, (values, problem) in enumerate(_values(reader, len(names))):
        if number % 1000 == 0:
            progress()
        if problem:
            yield TableRow(line, {}, problem)
        elif values:
            yield TableRow(line, dict(zip(names, values, strict=True)))
        line = reader.line_num + 1
    progress()


def _header(path: Path, cells: list[str], columns: Sequence[str]) -> list[str]:
    names = [cell.strip().casefold() for cell in cells]
    if not any(names):
        raise ImportStopped(f"{path}: is empty")
    missing = [column for column in columns if column not in names]
    if missing:
        raise ImportStopped(f"{path}: lacks the column {', '.join(missing)}; it has {', '.join(names)[:300]}")
    repeated = sorted({name for name in names if name and names.count(name) > 1})
    if repeated:
        raise ImportStopped(f"{path}: has two columns named {', '.join(repeated)}")
    return names


def _values(reader: Iterator[list[str]], width: int) -> Iterator[tuple[list[str], str]]:
    """The cells of each row, or what is wrong with it. An empty line is a row without cells."""
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield [], f"is no proper CSV: {error}"
            continue
        if cells is None:
            return
        if cells and len(cells) != width:
            yield [], f"has {len(cells)} cells, not {width}"
        elif any("\0" in cell for cell in cells):
            yield [], "holds a NUL character"
        else:
            yield [cell.strip() for cell in cells], ""
