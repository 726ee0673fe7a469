"""CSV and its relatives: cells between commas, semicolons, tabs, bars, carets or colons, in any encoding."""

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

from django.utils.translation import gettext as _

from customers.encryption.files import size_of
from customers.importers.files.encodings import find_encoding, not_utf8
from customers.importers.files.packed import opened
from customers.importers.files.sheet import Progress, Row, clean_header, fit, no_progress, stop

# The first of equals wins.
DELIMITERS = (",", ";", "\t", "|", "^", ":")
NAMES = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "bar": "|", "caret": "^", "colon": ":"}
SAMPLE = 64 * 1024
SAMPLE_ROWS = 100
# Rows between two reports of progress.
OFTEN = 2000


class _Reader(Protocol):
    """What csv.reader returns."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...
    def __next__(self) -> list[str]: ...


class DelimitedSheet:
    """The one sheet of a text file. See Sheet."""

    name = ""

    def __init__(
        self, path: Path, *, file: str, encoding: str = "", delimiter: str = "", confirm: bool = False
    ) -> None:
        """Look at the beginning of a file. Raises ImportStopped where it is no table, or where its encoding is only
        guessed: not so with `confirm`, for a caller who has somebody confirm the guess."""
        found = find_encoding(path, encoding)
        if found.is_guess and not confirm:
            raise not_utf8(path, found)
        self.path, self.file = path, file
        self.encoding, self.is_guess = found.name, found.is_guess
        self.estimate = max(found.lines - 1, 0)  # cells with line breaks make it fewer
        self.size = size_of(path)
        self.delimiter = _stated(path, delimiter) or self._find_delimiter()
        self.header: list[str] = []
        with self._reading() as (text, _read):
            self.header = self._read_header(csv.reader(text, delimiter=self.delimiter, strict=True))

    def rows(self, progress: Progress = no_progress) -> Iterator[Row]:
        """All rows, each time anew."""
        with self._reading() as (text, read):
            reader = csv.reader(text, delimiter=self.delimiter, strict=True)
            self._read_header(reader)
            yield from self._rows(reader, lambda: progress(read()))

    def _rows(self, reader: _Reader, progress: Callable[[], object]) -> Iterator[Row]:
        width = len(self.header)
        line = reader.line_num + 1
        due = line + OFTEN
        while True:
            try:
                for cells in reader:
                    if len(cells) == width and "\0" not in (joined := "".join(cells)):
                        if joined:
                            yield line, cells, ""
                    elif cells and (problem := _problem(cells, width)):
                        yield line, [], problem
                    elif cells:
                        yield line, cells, ""
                    line = reader.line_num + 1
                    if line > due:
                        progress()
                        due = line + OFTEN
            except csv.Error as error:
                yield line, [], _("is no proper CSV: %(reason)s") % {"reason": error}
                line = reader.line_num + 1
            else:
                progress()
                return

    @contextmanager
    def _reading(self) -> Iterator[tuple[IO[str], Callable[[], int]]]:
        with opened(self.path) as (stream, raw), io.TextIOWrapper(stream, encoding=self.encoding, newline="") as text:
            yield text, raw.tell

    def _find_delimiter(self) -> str:
        with self._reading() as (text, _read):
            sample = text.read(SAMPLE)
        if sample[:4].lower() == "sep=" and sample[4:5].strip('\r\n"') and sample[5:6] in ("\r", "\n"):
            return sample[4]  # Excel's own way to say it
        scores = {delimiter: _columns(sample, delimiter) for delimiter in DELIMITERS}
        return max(DELIMITERS, key=lambda delimiter: scores[delimiter])

    def _read_header(self, reader: _Reader) -> list[str]:
        try:
            cells: list[str] = next((row for row in reader if any(row) and not _says_separator(row)), [])
        except csv.Error as error:
            raise stop(self.path, _("the header is no proper CSV: %(reason)s") % {"reason": error}) from error
        return self.header or clean_header(self.path, cells)


def _problem(cells: list[str], width: int) -> str:
    problem = fit(cells, width)
    return problem or (_("holds a NUL character") if any("\0" in cell for cell in cells) else "")


def _says_separator(row: list[str]) -> bool:
    return row[0][:4].lower() == "sep=" and len("".join(row)) <= 5


def _columns(sample: str, delimiter: str) -> tuple[float, int]:
    """How many of the first rows have as many cells as the header, and how many cells that is."""
    lines = list(io.StringIO(sample, newline=""))
    if len(sample) >= SAMPLE:
        lines.pop()  # cut in the middle
    rows = []
    try:
        for row in csv.reader(lines, delimiter=delimiter, strict=True):
            if any(row):
                rows.append(row)
            if len(rows) == SAMPLE_ROWS:
                break
    except csv.Error:
        pass  # told of when it is that row's turn
    if not rows or len(rows[0]) < 2:
        return 0, 0
    alike = sum(len(row) == len(rows[0]) for row in rows) / len(rows)
    # One odd row says little: of two delimiters that both fit, the one that makes more columns is meant.
    return (1 if alike >= 0.8 else alike), len(rows[0])


def _stated(path: Path, delimiter: str) -> str:
    found = NAMES.get(delimiter.lower(), delimiter)
    if len(found) > 1 or found in ('"', "\n", "\r", "\0"):
        raise stop(path, _("“%(text)s” cannot stand between cells: give one sign, or “tab”") % {"text": delimiter})
    return found
