"""How one sheet of a file is read: what ImportBatch.tables keeps of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass(slots=True)
class TableMapping:
    """`columns` is {column: target}, by the names of the header as `clean_header` gives them; columns that are not
    named are left out. A mapping without a `kind` leaves the whole sheet out.

    As JSON, in ImportBatch.tables: {"file", "sheet", "kind", "columns", "constants", "encoding", "delimiter"}."""

    file: str
    kind: str
    columns: dict[str, str] = field(default_factory=dict)
    sheet: str = ""
    # Targets that have the same value in each row; they come before those of the kind of table.
    constants: dict[str, str] = field(default_factory=dict)
    encoding: str = ""
    delimiter: str = ""

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Self:
        """From JSON. What is missing is empty."""
        texts = {name: str(entry.get(name, "")) for name in ("file", "kind", "sheet", "encoding", "delimiter")}
        dicts = {
            name: {str(k): str(v) for k, v in (entry.get(name) or {}).items()} for name in ("columns", "constants")
        }
        return cls(**texts, **dicts)  # type: ignore[arg-type]

    def as_entry(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "file": self.file,
            "sheet": self.sheet,
            "kind": self.kind,
            "columns": self.columns,
            "constants": self.constants,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
        }
