"""Sheets that are slow to read, read once: workbooks and JSON are put into a nameless file of cells, and go on from
there as quickly as CSV, however many passes there are."""

import csv
import io
import tempfile
from collections.abc import Iterator
from typing import IO

from customers.importers.files.delimited import DelimitedSheet
from customers.importers.files.sheet import Progress, Row, Sheet, no_progress


class SpooledSheet:
    """A sheet whose rows were written down. See Sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet: Sheet = sheet
        self.file, self.name, self.header = sheet.file, sheet.name, sheet.header
        self.size, self.estimate, self.delimiter = sheet.size, sheet.estimate, sheet.delimiter
        self.encoding, self.is_guess = sheet.encoding, sheet.is_guess
        self._rows: IO[bytes] | None = None

    def rows(self, progress: Progress = no_progress) -> Iterator[Row]:
        """All rows, each time anew; the first time they are written down on the way."""
        if self._rows is None:
            self._rows = self._written()
        self._rows.seek(0)
        text = io.TextIOWrapper(self._rows, encoding="utf-8", errors="surrogatepass", newline="")
        try:
            for number, (line, problem, *cells) in enumerate(csv.reader(text), 1):
                yield int(line), cells, problem
                if number % 2000 == 0:
                    progress(min(self.size, self._rows.tell()))
        finally:
            text.detach()
        progress(self.size)

    def _written(self) -> IO[bytes]:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the sheet is read
        text = io.TextIOWrapper(file, encoding="utf-8", errors="surrogatepass", newline="", write_through=True)
        writer = csv.writer(text)
        for line, cells, problem in self._sheet.rows():
            writer.writerow([line, problem, *cells])
        text.detach()
        return file


def spooled(sheet: Sheet) -> Sheet:
    """The sheet itself where it is quick to read, else one that is written down."""
    return sheet if isinstance(sheet, DelimitedSheet) else SpooledSheet(sheet)
