"""From files and what a person says about them to the tables that an import reads: what the command line does, and
the wizard does step by step."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

from customers.importers.candid import CODE as CANDID
from customers.importers.candid import LIST
from customers.importers.files.encodings import Encoding, find_encoding, not_utf8
from customers.importers.files.sheet import ImportStopped
from customers.importers.formats import Format
from customers.importers.inspect import InspectedTable, inspect
from customers.importers.mapping.check import mapping_problems
from customers.importers.mapping.suggest import apply_saved
from customers.importers.mapping.table import TableMapping
from customers.models import ImportMapping

# Of a folder these are meant to be imported: one that cannot be read stops the import. Others are passed over.
MEANT = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".json", ".jsonl", ".ndjson", ".xz", ".gz")
Saved = Mapping[str, Mapping[str, str]]
"""A mapping that was kept: {kind of table: {column: target}}."""


@dataclass(slots=True)
class Prepared:
    """How files are to be read, what their ids are the ids of, and which were passed over and why."""

    tables: list[TableMapping]
    source: str
    passed_over: list[str] = field(default_factory=list)


def prepare(
    path: Path,
    format: Format,
    *,
    encoding: str = "",
    delimiter: str = "",
    sheet: str = "",
    saved: Saved | None = None,
) -> Prepared:
    """How a file, or the files of a folder, are read in a format whose columns are mapped. Raises ImportStopped, saying
    what to do, where that cannot be known for certain."""
    paths = files_of(path)
    inspection = inspect(paths, format=format.code, encoding=encoding, delimiter=delimiter, sheet=sheet)
    by_name = {found.name: found for found in paths}
    passed_over: list[str] = []
    tables: list[TableMapping] = []
    for table in inspection.tables:
        if table.error or table.encoding_is_guess:
            _stop_or_pass_over(table, by_name[table.file], passed_over, is_alone=not path.is_dir())
        elif not table.kind:
            text = _("%(file)s: is left out, since no table of %(format)s has such columns")
            passed_over.append(text % {"file": table.file, "format": format.label})
        else:
            tables.append(_mapped(table, saved))
    if not tables:
        raise ImportStopped("\n".join([*passed_over, _nothing(path, format)]))
    if problems := mapping_problems(format, tables):
        raise ImportStopped("\n".join(problems))
    return Prepared(tables, usual_source(path.name, format, tables), passed_over)


def files_of(path: Path) -> list[Path]:
    """The file, or those of the folder, in the order of their names. Raises ImportStopped where there are none."""
    if not path.is_dir():
        return [path]
    found = sorted(one for one in path.iterdir() if one.is_file() and not one.name.startswith("."))
    if not found:
        raise ImportStopped(_("%(path)s: there are no files in this folder") % {"path": path})
    return found


def saved_mapping(name: str, format: Format) -> Saved:
    """A mapping by its name, or out of a JSON file. Raises ImportStopped for one that is not there or is none."""
    path = Path(name)
    if path.suffix == ".json" and path.is_file():
        return _read_mapping(path)
    row = ImportMapping.objects.filter(format=format.code, name=name).first()
    if row is None:
        known = ", ".join(ImportMapping.objects.filter(format=format.code).values_list("name", flat=True)) or "–"
        text = _("there is no mapping “%(name)s” of %(format)s; known are: %(known)s")
        raise ImportStopped(text % {"name": name, "format": format.label, "known": known})
    return row.tables  # type: ignore[no-any-return]


def _read_mapping(path: Path) -> Saved:
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8"))
        return {str(kind): {str(c): str(t) for c, t in columns.items()} for kind, columns in found.items()}
    except (ValueError, AttributeError) as error:
        text = _("%(path)s: a mapping is JSON like {“kind of table”: {“column”: “target”}}")
        raise ImportStopped(text % {"path": path}) from error


def _mapped(table: InspectedTable, saved: Saved | None) -> TableMapping:
    mapping = table.as_mapping()
    columns = (saved or {}).get(table.kind)
    if columns is not None:
        missing = [column for column in columns if column.casefold() not in {name.casefold() for name in table.header}]
        if missing:
            text = _("%(file)s: lacks the column %(columns)s, which its mapping names")
            raise ImportStopped(text % {"file": table.file, "columns": ", ".join(missing)[:300]})
        mapping.columns = apply_saved(table.header, dict(columns))
    return mapping


def _stop_or_pass_over(table: InspectedTable, path: Path, passed_over: list[str], *, is_alone: bool) -> None:
    if not table.error:
        found: Encoding = find_encoding(path)
        raise not_utf8(path, found)
    if is_alone or path.suffix.lower() in MEANT:
        raise ImportStopped(table.error)
    passed_over.append(table.error)


def _nothing(path: Path, format: Format) -> str:
    asked = "; ".join(f"{kind.label}: {_columns(kind.needs)}" for kind in format.tables)
    text = _("%(path)s: holds nothing that %(format)s exports. It is known by these columns: %(columns)s")
    return text % {"path": path, "format": format.label, "columns": asked}


def _columns(needs: Sequence[frozenset[str]]) -> str:
    return ", ".join("/".join(sorted(some)) for some in needs) or "–"


def usual_source(name: str, format: Format, tables: Sequence[TableMapping]) -> str:
    """What the ids in files are the ids of where nobody says it: the system; of a list of unknown origin the list, by
    the name of its file, since another list has the same numbers."""
    if format.code != CANDID or any(table.kind != LIST.code for table in tables):
        return format.code
    return slugify(name.partition(".")[0], allow_unicode=True)[:32] or "list"
