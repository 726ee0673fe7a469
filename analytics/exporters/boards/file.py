"""A dashboard as a file: tiles with their charts and tables, as somebody sees them at a moment."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import IO

from django.utils.translation import gettext as _

from analytics.choices import BoardFile, TileShape, TileSource
from analytics.exporters.boards.content import Cell, Content, Figure, Part
from analytics.exporters.boards.tell_tile import tell_tile
from analytics.models import Dashboard, SavedReport, Tile
from analytics.operations.tile_shapes import shapes_of
from customers.exporters.sheet import Cell as SheetCell
from customers.exporters.sheet import Record
from customers.exporters.workbook import write_workbook
from customers.models import User

CONTENT_TYPES = {
    BoardFile.PDF: "application/pdf",
    BoardFile.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Tell = Callable[[int, int], object]


@dataclass(frozen=True, slots=True)
class Told:
    """A tile's shape and what it tells."""

    shape: str
    content: Content


def tell_board(
    *, dashboard: Dashboard, user: User, at: datetime, tell: Tell = lambda done, total: None
) -> Sequence[Told]:
    """What all tiles of a dashboard tell this user now, in their order. `tell` hears how many are done."""
    tiles = list(
        Tile.objects.visible_to(user).filter(dashboard=dashboard).select_related("product").order_by("place", "pk")
    )
    told = []
    for number, tile in enumerate(tiles):
        tell(number, len(tiles))
        told.append(Told(tile.shape, tell_tile(tile=tile, user=user, at=at)))
    return told


def tell_report(*, report: SavedReport, user: User, at: datetime) -> Sequence[Told]:
    """The same of one report, in its usual shape."""
    shape: TileShape = shapes_of(TileSource.REPORT, report)[0]
    return [Told(shape, tell_tile(tile=Tile(source=TileSource.REPORT, report=report, shape=shape), user=user, at=at))]


def write_board(file: IO[bytes], *, format: str, title: str, told: Sequence[Told], note: str) -> None:
    """Write it as PDF or XLSX, in the language that is spoken now."""
    if format == BoardFile.XLSX:
        write_workbook(file, _sheets(told))
    else:
        from analytics.exporters.boards.pdf import write_pdf  # its library takes its time to load

        write_pdf(file, title=title, note=note, told=[(one.shape, one.content) for one in told])


def board_bytes(*, format: str, title: str, told: Sequence[Told], note: str) -> bytes:
    """The same, in memory: a dashboard has few tiles, and each a table that fits on a page."""
    file = BytesIO()
    write_board(file, format=format, title=title, told=told, note=note)
    return file.getvalue()


def _sheets(told: Iterable[Told]) -> Iterator[tuple[str, Iterator[Record]]]:
    for one in told:
        content = one.content
        if content.problem or not content.parts:
            yield content.title, iter([[content.title], [content.problem or _("Nothing to show.")]])
        for part in content.parts:
            name = f"{content.title} {part.name}" if part.name else content.title
            yield name, _records(part)


def _records(part: Part) -> Iterator[Record]:
    """Numbers as such; of a share that counts people, these in a column of their own."""
    table = part.table
    shares = [at for at in range(len(table.header)) if any(_people(line[at]) is not None for line in table.lines)]
    people = [_("%(column)s: people") % {"column": table.header[at]} for at in shares]
    yield [*table.header, *people]
    for line in table.lines:
        yield [*map(_value, line), *(_people(line[at]) for at in shares)]


def _people(cell: Cell) -> int | None:
    return cell.people if isinstance(cell, Figure) else None


def _value(cell: Cell) -> SheetCell:
    return cell.value if isinstance(cell, Figure) else cell.text
