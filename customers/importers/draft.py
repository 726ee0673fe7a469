"""An import that is being prepared: what was seen of its files, and how they are to be read. The wizard and the API
change it step by step, and keep it with `save`."""

from collections.abc import Iterable, Iterator, Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from customers.importers.dates import DateOrder
from customers.importers.formats import Format, TableKind, format_of
from customers.importers.mapping.check import mapping_problems
from customers.importers.mapping.content import Content, content_of
from customers.importers.mapping.suggest import apply_saved, saved_for, suggest
from customers.importers.mapping.table import TableMapping
from customers.importers.mapping.targets import parts_of
from customers.importers.seen import SeenColumn, look, recall, remember
from customers.models import ImportBatch, ImportMapping
from customers.operations.uploads import upload_of


class FilesGone(Exception):
    """The uploaded files are not there any more; the message says what to do."""

    def __init__(self) -> None:
        super().__init__(_("The files of this import are not there any more: upload them again."))


class Draft:
    """`tables` and `seen` go together: how each sheet is read, and what was seen of it."""

    def __init__(self, batch: ImportBatch) -> None:
        """Raises FilesGone."""
        folder = upload_of(batch)
        if folder is None:
            raise FilesGone
        self.batch, self.folder = batch, folder
        self.seen = recall(folder)
        self.tables = [TableMapping.of(entry) for entry in batch.tables]

    @property
    def format(self) -> Format:
        """How the columns are read."""
        return format_of(self.batch.format)

    def kind(self, place: int) -> TableKind | None:
        """What is in a table; None where it is left out."""
        table = self.tables[place]
        return self.format.table(table.kind) if table.kind and not self.format.is_fixed else None

    def content(self, place: int) -> Content | None:
        """What the rows of a table become; None where it is left out."""
        kind = self.kind(place)
        return content_of(kind.content) if kind else None

    def take_format(self, code: str) -> None:
        """Read all files as of another format. Raises KeyError for one that nobody knows."""
        format_of(code)
        self.batch.format = code
        for file in dict.fromkeys(table.file for table in self.tables):
            one = next(table for table in self.tables if table.file == file)
            self._look_again(file, encoding=one.encoding, delimiter=one.delimiter)

    def read_anew(self, place: int, *, encoding: str, delimiter: str) -> None:
        """Read a file in another encoding, or with another sign between the cells. What columns that are still there
        are mapped to stays."""
        before = {(table.file, table.sheet): table for table in self.tables}
        self._look_again(self.tables[place].file, encoding=encoding, delimiter=delimiter)
        for table in self.tables:
            old = before.get((table.file, table.sheet))
            if old is not None and old.kind == table.kind:
                table.columns |= {name: target for name, target in old.columns.items() if name in table.columns}

    def _look_again(self, file: str, *, encoding: str, delimiter: str) -> None:
        inspection, seen = look(
            self.folder, format=self.batch.format, encoding=encoding, delimiter=delimiter, only=file
        )
        mappings = [table.as_mapping() for table in inspection.tables]
        places = [place for place, table in enumerate(self.tables) if table.file == file]
        self.tables[places[0] : places[-1] + 1] = mappings
        self.seen[places[0] : places[-1] + 1] = seen

    def take_kind(self, place: int, code: str) -> None:
        """Say what is in a table (empty: leave it out); its columns are mapped anew. Raises KeyError."""
        table, header = self.tables[place], self.seen[place].header
        self.seen[place].mapping = ""
        if not code:
            table.kind, table.columns, table.constants = "", {}, {}
            return
        kind = self.format.table(code)
        saved = saved_for(header, self.format.code, kind)
        table.kind, table.constants = code, dict(kind.constants)
        if saved is None:
            samples = {column.name: column.samples for column in self.seen[place].columns}
            table.columns = suggest(header, kind, samples)
        else:
            table.columns, self.seen[place].mapping = apply_saved(header, saved.tables[code]), saved.name

    def take_mapping(self, saved: ImportMapping) -> None:
        """Put a mapping that was kept on all tables that it tells of."""
        for table, seen in zip(self.tables, self.seen, strict=True):
            if table.kind and saved.tables.get(table.kind):
                table.columns, seen.mapping = apply_saved(seen.header, saved.tables[table.kind]), saved.name

    def take_targets(self, place: int, targets: Mapping[str, str]) -> None:
        """Map columns. What is no column, or no target, is passed over."""
        table, content = self.tables[place], self.content(place)
        if content is None:
            return
        for column, target in targets.items():
            if column in table.columns and _is_target(content, target, column):
                table.columns[column] = target

    def take_tables(self, tables: Iterable[TableMapping]) -> list[str]:
        """Take over what a program says of some tables; returns what is wrong with it, in sentences."""
        places = {(table.file, table.sheet): place for place, table in enumerate(self.tables)}
        problems = []
        for said in tables:
            place = places.get((said.file, said.sheet))
            if place is None:
                name = f"{said.file} [{said.sheet}]" if said.sheet else said.file
                problems.append(_("There is no table %(name)s in these files.") % {"name": name})
            elif said.kind not in ("", *(kind.code for kind in self.format.tables)):
                problems.append(
                    _("%(file)s: there is no kind of table “%(kind)s”.") % {"file": said.file, "kind": said.kind}
                )
            else:
                if said.kind != self.tables[place].kind:
                    self.take_kind(place, said.kind)
                problems += self._take_said(place, said)
        return problems

    def _take_said(self, place: int, said: TableMapping) -> list[str]:
        content, table = self.content(place), self.tables[place]
        wrong = []
        for column, target in said.columns.items():
            if column not in table.columns:
                wrong.append(_("%(file)s: there is no column “%(column)s”.") % {"file": said.file, "column": column})
            elif content is None or not _is_target(content, target, column):
                text = _("%(file)s: “%(target)s” is nothing that a column can become.")
                wrong.append(text % {"file": said.file, "target": target})
        self.take_targets(place, said.columns)
        return wrong

    def as_saved(self) -> dict[str, dict[str, str]]:
        """The mapping as it is kept for the next file: {kind of table: {column: target}}."""
        found: dict[str, dict[str, str]] = {}
        for table in self.tables:
            if table.kind:
                found.setdefault(table.kind, {}).update(table.columns)
        return found

    def problems(self) -> list[str]:
        """Why it cannot be imported like this, in sentences; empty where it can."""
        found = mapping_problems(self.format, self.tables)
        if self.date_example and not self.batch.options.get("date_order"):
            text = _("Say whether dates like %(example)s begin with the day or with the month.")
            found.append(text % {"example": self.date_example})
        return found

    @property
    def date_example(self) -> str:
        """A date that could be two, where no other date of the import tells how it is meant; else empty."""
        orders, examples = set(), []
        for column in self._dates():
            orders.add(column.order)
            examples += [column.example] if column.order == DateOrder.UNKNOWN and column.example else []
        is_told = len(orders & {DateOrder.DAY, DateOrder.MONTH}) == 1
        return examples[0] if examples and not is_told else ""

    def _dates(self) -> Iterator[SeenColumn]:
        for place, table in enumerate(self.tables):
            content = self.content(place)
            for column in self.seen[place].columns if content else ():
                target = table.columns.get(column.name, "")
                if content and any(map(content.is_moment, parts_of(target))):
                    yield column

    @transaction.atomic
    def save(self) -> None:
        """Keep it. Under the row's lock, so that a rotation of keys does not bring back what was seen before."""
        ImportBatch.objects.select_for_update().filter(pk=self.batch.pk).first()
        remember(self.folder, self.seen)
        self.batch.tables = [table.as_entry() for table in self.tables]
        self.batch.save(update_fields=["format", "tables", "options"])


def _is_target(content: Content, target: str, column: str) -> bool:
    try:
        for part in parts_of(target):
            if content.attribute(part, column) is None:
                content.describe(part)
    except ValueError:
        return False
    return True
