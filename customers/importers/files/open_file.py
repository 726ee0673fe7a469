from pathlib import Path

from django.utils.translation import gettext as _

from customers.importers.files.delimited import DelimitedSheet
from customers.importers.files.json_rows import open_json
from customers.importers.files.sheet import Sheet, stop
from customers.importers.files.sniff import FileKind, kind_of
from customers.importers.files.workbook import open_workbook


def open_file(
    path: Path, *, file: str = "", encoding: str = "", delimiter: str = "", confirm: bool = False
) -> list[Sheet]:
    """The sheets of a file of whatever kind, plain or packed with xz or gzip; `file` is the name that people know.

    `encoding` and `delimiter` of a text file are found where they are not stated. One that can only be guessed stops
    the import, but for a caller who will have somebody `confirm` it. Raises ImportStopped, saying what to do, for
    whatever is no table that can be read."""
    name = file or path.name
    kind = kind_of(path)
    if kind == FileKind.ARCHIVE:
        raise stop(path, _("This is a zip archive: unpack it, and import the files in it."))
    if kind == FileKind.WORKBOOK:
        return list(open_workbook(path, file=name))
    if kind == FileKind.JSON:
        return list(open_json(path, file=name, encoding=encoding, confirm=confirm))
    return [DelimitedSheet(path, file=name, encoding=encoding, delimiter=delimiter, confirm=confirm)]
