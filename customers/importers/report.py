"""The report of refused rows: a CSV file that a person opens in a spreadsheet, so no cell may start a formula."""

import csv
from pathlib import Path
from typing import TextIO

from customers.cells import guard

HEADER = ("file", "line", "source id", "reason")


class RefusedRows:
    """Writes refused rows to a file, which appears with the first of them and which only its owner may read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: TextIO | None = None

    def add(self, *, file: str, line: int, source_id: str, reason: str) -> None:
        """Write one refused row."""
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.touch(mode=0o600)
            self._file = self.path.open("w", encoding="utf-8", newline="")
            csv.writer(self._file).writerow(HEADER)
        cells = (safe_cell(file), str(line or ""), safe_cell(source_id), safe_cell(reason))
        csv.writer(self._file).writerow(cells)

    def close(self) -> str:
        """Close the file; returns its path, empty where nothing was refused."""
        if self._file is None:
            return ""
        self._file.close()
        return str(self.path)


def safe_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula, without control characters."""
    return "".join(c if c.isprintable() else " " for c in guard(text))
