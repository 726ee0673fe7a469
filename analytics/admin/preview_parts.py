"""What the previews of versions have in common: figures, who would be moved, and how segments would fare."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from analytics.models import Preview
from analytics.operations.start_preview import is_old
from customers.models import Customer, Segment

SHOWN_MOVERS = 10

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Mover:
    """A customer who would be moved: by what, how far, and from where to where. link: the page that tells why."""

    customer: Customer
    link: str
    by: Any
    change: SafeString | str
    way: str


@dataclass(frozen=True, slots=True)
class Groups:
    """How groups of customers would fare: a table with a row for each."""

    title: str
    heads: tuple[Any, ...]
    rows: list[tuple[str, list[SafeString | str]]]


def frame(preview: Preview, body: str) -> dict[str, Any]:
    """What every preview needs to be shown. body: the template of what is its own."""
    return {
        "row": preview,
        "is_old": is_old(preview, preview.version),
        "result": preview.result,
        "body": body,
    }


def movers_seen(rows: list[Row], user: Any, shown: Callable[[Customer, Row], Mover]) -> list[Mover]:
    """The farthest of those whom this user may see."""
    seen = Customer.objects.visible_to(user).in_bulk([row["customer"] for row in rows])
    mine = [row for row in rows if row["customer"] in seen][:SHOWN_MOVERS]
    return [shown(seen[row["customer"]], row) for row in mine]


def groups_of(
    result: Row, user: Any, heads: tuple[Any, ...], cells: Callable[[Row], list[SafeString | str]]
) -> list[Groups]:
    """The overrides, and the segments with anybody in them that this user may see, by their names now; a table where
    there are any."""
    seen = Segment.objects.visible_to(user).in_bulk([row["segment"] for row in result["segments"]])
    segments = [row for row in result["segments"] if row["segment"] in seen and row["customers"]]
    overrides = [(row["name"], cells(row)) for row in result["overrides"]]
    tables = [
        Groups(_("By override"), heads, overrides),
        Groups(_("By segment"), heads, [(seen[row["segment"]].name, cells(row)) for row in segments]),
    ]
    return [table for table in tables if table.rows]


def count(number: int) -> str:
    """A number of customers."""
    return str(number_format(number, 0, force_grouping=True))
