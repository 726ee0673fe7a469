"""The reader of all formats whose columns are mapped: the wizard, the command line and jobs come through here."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.utils.translation import gettext as _

from customers.cells import unguard
from customers.importers.files.open_file import open_file
from customers.importers.files.sheet import ImportStopped, Sheet
from customers.importers.files.spool import spooled
from customers.importers.formats import Format, Reader, format_of
from customers.importers.mapping.content import Maker, content_of, steps
from customers.importers.mapping.learn import learn
from customers.importers.mapping.sheet_plan import SheetPlan
from customers.importers.mapping.table import TableMapping
from customers.importers.run import ImportRun, NoId, Place, Unusable


def read_tables(run: ImportRun, path: Path) -> None:
    """Bring in the tables of ImportBatch.tables; `path` is their folder, or the one file.

    Options of the batch: `date_order`, "day" or "month", for dates that could be either; `time_zone` of times without
    an offset. Each step goes over the files anew, so that memory stays flat and the order of files does not matter."""
    plans = _plans(run, path)
    learn(plans, run.source, order=str(run.batch.options.get("date_order", "")))
    makers = [(plan, content_of(plan.kind.content).makers(plan)) for plan in plans]
    taking_part = [step for step in steps() if any(step.code in of_plan for _plan, of_plan in makers)]
    run.source.remembers_names = any(step.by_name for step in taking_part)
    seen: set[int] = set()
    for step in taking_part:
        for number, (plan, of_plan) in enumerate(makers):
            if step.code in of_plan:
                records = _records(run, plan, of_plan[step.code], step.kind, is_first=number not in seen)
                run.feed(step.kind, step.operation, records)
                seen.add(number)


def reader_of(format: Format) -> Reader:
    """What reads the files of a format."""
    return format.reader or read_tables


def path_for(format: Format, path: Path) -> Path:
    """What the reader of a format is given where somebody gives files: the folder as it is, or of a fixed format of one
    file that file. Raises ImportStopped where it is not there."""
    if not format.is_fixed or format.reads_folder or not path.is_dir():
        return path
    for file in sorted(one for one in path.iterdir() if one.is_file()):
        with suppress(ImportStopped):
            if any(format.takes(sheet.header) for sheet in open_file(file, confirm=True)):
                return file
    text = _("%(path)s: holds no file of %(format)s")
    raise ImportStopped(text % {"path": path, "format": format.label})


def _plans(run: ImportRun, path: Path) -> list[SheetPlan]:
    format = format_of(run.batch.format)
    zone = zone_of(run.batch.options)
    entries = [TableMapping.of(entry) for entry in run.batch.tables]
    plans = []
    for mapping in sorted((m for m in entries if m.kind), key=lambda m: _position(format.tables, m.kind)):
        sheet = sheet_of(mapping, path)
        missing = [column for column in mapping.columns if column not in sheet.header]
        if missing:
            text = _("%(file)s: lacks the column %(columns)s, which its mapping names")
            raise ImportStopped(text % {"file": mapping.file, "columns": ", ".join(missing)[:300]})
        plans.append(SheetPlan(spooled(sheet), format.table(mapping.kind), mapping, run, zone))
    return plans


def _position(tables: Any, code: str) -> int:
    return next((place for place, kind in enumerate(tables) if kind.code == code), len(tables))


def sheet_of(mapping: TableMapping, path: Path) -> Sheet:
    """The sheet that a mapping is of; `path` is its folder, or the one file. Raises ImportStopped without it."""
    file = path / mapping.file if path.is_dir() else path
    sheets = open_file(file, file=mapping.file, encoding=mapping.encoding, delimiter=mapping.delimiter)
    found = next((sheet for sheet in sheets if sheet.name == mapping.sheet), None)
    if found is None:
        text = _("%(file)s: there is no sheet “%(sheet)s”; there are: %(names)s")
        names = ", ".join(sheet.name for sheet in sheets)
        raise ImportStopped(text % {"file": mapping.file, "sheet": mapping.sheet, "names": names})
    return found


def zone_of(options: dict[str, Any]) -> ZoneInfo:
    """The time zone of times without an offset. Raises ImportStopped for one that nobody knows."""
    name = str(options.get("time_zone") or settings.TIME_ZONE)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ImportStopped(_("There is no time zone “%(name)s”.") % {"name": name}) from error


def _records(run: ImportRun, plan: SheetPlan, make: Maker, kind: str, *, is_first: bool) -> Iterator[tuple[Place, Any]]:
    """What a maker makes of the rows; those that it cannot use are refused. What is wrong with a row as a whole is told
    when it is read first."""
    sheet, extra, is_own, kind_words = plan.sheet, plan.extra, plan.kind.is_own, plan.kind.words
    nothing = plan.kind.nothing
    translated = [
        (n, kind_words[name.casefold()]) for n, name in enumerate(sheet.header) if name.casefold() in kind_words
    ]
    file = f"{sheet.file} [{sheet.name}]" if sheet.name else sheet.file
    run.counts_of(kind)
    for line, cells, problem in run.watched(sheet):
        if problem:
            if is_first:
                run.refuse(kind, (file, line), "", problem)
            continue
        if is_own:  # a cell is what was written, with the blanks around it
            cells = [unguard(cell) if cell[:1] == "'" else cell for cell in cells]
        else:
            cells = [cell.strip(" ") for cell in cells]
        if nothing:
            cells = ["" if cell in nothing else cell for cell in cells]
        for place, words in translated:
            cells[place] = words.get(cells[place], cells[place])
        cells += extra
        try:
            for record in make(cells):
                yield (file, line), record
        except (Unusable, ValueError) as error:
            if is_first or not isinstance(error, NoId):
                run.refuse(kind, (file, line), "", str(error))
