"""What goes over from one ticket to another when the two are merged, and the way back. All rows are locked."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F

from services.models import Attachment, Message, Ticket, TicketLink, TimeEntry
from services.operations.link_tickets import standing_link

ROWS: dict[str, Any] = {"messages": Message, "attachments": Attachment, "time_entries": TimeEntry}

Moved = dict[str, Any]
"""Keys by what they are of; links that could not go over whole; parts with the parent that they got instead."""


def children_of(ticket: Ticket) -> list[Ticket]:
    """The parts of a ticket."""
    return list(ticket.children.order_by("pk"))


def move_over(*, gone: Ticket, kept: Ticket) -> Moved:
    """Have everything of `gone` belong to `kept`; returns what to remember of it."""
    moved: Moved = {}
    for name, model in ROWS.items():
        rows = model.objects.filter(ticket=gone)
        moved[name] = list(rows.order_by("pk").values_list("pk", flat=True))
        rows.update(ticket=kept)
    return {**moved, **_links_over(gone, kept), "children": _children_over(gone, kept)}


def move_back(moved: Moved, *, gone: Ticket, kept: Ticket) -> None:
    """Give back what went over and still belongs to `kept`."""
    for name, model in ROWS.items():
        model.objects.filter(pk__in=moved[name], ticket=kept).update(ticket=gone)
    TicketLink.objects.filter(pk__in=moved["links_out"], from_ticket=kept).update(from_ticket=gone)
    TicketLink.objects.filter(pk__in=moved["links_in"], to_ticket=kept).update(to_ticket=gone)
    _links_anew(moved["links_dropped"])
    for pk, parent in moved["children"]:
        Ticket.objects.filter(pk=pk, parent=parent).update(parent=gone, version=F("version") + 1)


def _links_over(gone: Ticket, kept: Ticket) -> Moved:
    out: list[int] = []
    into: list[int] = []
    dropped: list[dict[str, Any]] = []
    for link in [*gone.links_out.order_by("pk"), *gone.links_in.order_by("pk")]:
        is_out = link.from_ticket_id == gone.pk
        first, second = (kept.pk, link.to_ticket_id) if is_out else (link.from_ticket_id, kept.pk)
        if first == second or standing_link(first, second, link.kind) is not None:
            dropped.append(
                {
                    "from_ticket_id": link.from_ticket_id,
                    "to_ticket_id": link.to_ticket_id,
                    "kind": link.kind,
                    "created_at": link.created_at.isoformat(),
                    "created_by_id": link.created_by_id,
                }
            )
            link.delete()
            continue
        (out if is_out else into).append(link.pk)
        TicketLink.objects.filter(pk=link.pk).update(from_ticket=first, to_ticket=second)
    return {"links_out": out, "links_in": into, "links_dropped": dropped}


def _links_anew(dropped: Iterable[dict[str, Any]]) -> None:
    for row in dropped:
        ends = {row["from_ticket_id"], row["to_ticket_id"]}
        if Ticket.objects.filter(pk__in=ends).count() == len(ends):
            names = ("from_ticket_id", "to_ticket_id", "kind")
            rest = {name: row[name] for name in ("created_at", "created_by_id")}
            TicketLink.objects.get_or_create(**{name: row[name] for name in names}, defaults=rest)


def _children_over(gone: Ticket, kept: Ticket) -> list[tuple[int, int | None]]:
    """Parts of `gone` become parts of `kept`; but those that `kept` is a part of itself, which would close a circle,
    become parts of what `gone` is a part of."""
    above = {row.pk for row in ancestors(kept)} | {kept.pk}
    moved = []
    for child in children_of(gone):
        parent = gone.parent_id if child.pk in above else kept.pk
        Ticket.objects.filter(pk=child.pk).update(parent=parent, version=F("version") + 1)
        moved.append((child.pk, parent))
    kept.refresh_from_db(fields=["parent", "version"])
    return moved


def ancestors(ticket: Ticket) -> list[Ticket]:
    """What a ticket is a part of, from the nearest up."""
    found: list[Ticket] = []
    seen = {ticket.pk}
    parent = ticket.parent
    while parent is not None and parent.pk not in seen:
        found.append(parent)
        seen.add(parent.pk)
        parent = parent.parent
    return found
