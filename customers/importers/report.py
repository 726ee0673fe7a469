"""The report of refused rows: a CSV file that a person opens in a spreadsheet, so no cell may start a formula."""

import csv
import io
from pathlib import Path
from typing import IO, TextIO, cast

from customers.cells import guard
from customers.encryption.files import EncryptedFile
from customers.operations.uploads import report_id

HEADER = ("file", "line", "source id", "reason")


class RefusedRows:
    """Writes refused rows to a file, which appears with the first of them and which only its owner may read.
    `encrypted`: one that waits to be fetched by a browser, and is read by `uploads.open_report`."""

    def __init__(self, path: Path, *, encrypted: bool = False) -> None:
        self.path, self._is_encrypted = path, encrypted
        self._stored: IO[bytes] | None = None
        self._file: TextIO | None = None

    def add(self, *, file: str, line: int, source_id: str, reason: str) -> None:
        """Write one refused row."""
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.touch(mode=0o600)
            self._file = self._opened()
            csv.writer(self._file).writerow(HEADER)
        cells = (safe_cell(file), str(line or ""), safe_cell(source_id), safe_cell(reason))
        csv.writer(self._file).writerow(cells)

    def close(self) -> str:
        """Close the file; returns its path, empty where nothing was refused."""
        if self._file is None:
            return ""
        self._file.close()
        if self._stored is not None:
            self._stored.close()
        return str(self.path)

    def _opened(self) -> TextIO:
        stored: IO[bytes] = self.path.open("wb")
        if not self._is_encrypted:
            return io.TextIOWrapper(stored, encoding="utf-8", newline="")
        self._stored = stored
        sealed = cast("IO[bytes]", EncryptedFile(stored, file_id=report_id(self.path)))
        return io.TextIOWrapper(sealed, encoding="utf-8", newline="")


def safe_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula, without control characters."""
    return "".join(c if c.isprintable() else " " for c in guard(text))
