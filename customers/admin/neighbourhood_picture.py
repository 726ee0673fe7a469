"""The picture of a neighbourhood, ready for its template: boxes, dots and lines with their words."""

from collections import defaultdict
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.admin.neighbourhood_layout import NARROW, WIDE, Geometry, Layout, Spot, lay_out, shortened
from customers.models import Customer
from customers.operations.neighbourhood import Neighbourhood, Tie

# Of the dots below one neighbour a phone shows so many.
NARROW_BEHIND = 6
LINE_WIDTHS = {1: "1", 2: "1.5", 3: "2.25", 4: "3.25", 5: "4.25"}
LABEL_LETTERS = 10.5


@dataclass(frozen=True, slots=True)
class Node:
    """A customer in the picture: a box (the middle and the first ring) or a dot, with a name, and a link."""

    link: str
    kind: str
    ring: int
    left: str
    top: str
    width: str
    height: str
    mark: str  # where the sign of the kind stands: "x y"
    name: str
    name_x: str
    name_y: str
    anchor: str
    verb: str
    verb_y: str
    title: str
    is_past: bool


@dataclass(frozen=True, slots=True)
class Line:
    """What ties two customers: a curve, as wide as they are close."""

    path: str
    width: str
    is_past: bool
    is_across: bool
    label: str
    x: str
    y: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """The picture at one width."""

    frame: str
    width: str
    height: str
    nodes: list[Node]
    lines: list[Line]
    more: str
    more_y: str


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture for wide windows and for narrow ones, and the same in words."""

    wide: Drawing
    narrow: Drawing
    ties: list[Tie]


def picture_of(found: Neighbourhood) -> Picture | None:
    """The picture; None where nobody is related to the customer."""
    if not found.first:
        return None
    return Picture(_drawn(found, WIDE), _drawn(found, NARROW), found.ties)


def _drawn(found: Neighbourhood, by: Geometry) -> Drawing:
    first = [row.pk for row in found.first]
    behind = _behind(found)
    hidden = 0
    if not by.beside:
        hidden = sum(max(0, len(keys) - NARROW_BEHIND) for keys in behind.values())
        behind = {key: keys[:NARROW_BEHIND] for key, keys in behind.items()}
    layout = lay_out(found.customer.pk, first, behind, by)
    people = {row.pk: row for row in (found.customer, *found.first, *found.second)}
    tie_of = {tie.far.pk: tie for tie in reversed(found.ties)}  # the tie by which each was found
    nodes = [_node(people[key], spot, tie_of.get(key), by) for key, spot in layout.spots.items()]
    straight = {(found.customer.pk, key) for key in first} | {(key, far) for key in behind for far in behind[key]}
    lines = [
        _line(tie, layout, by, is_across=not is_straight)
        for tie in found.ties
        if {tie.near.pk, tie.far.pk} <= layout.spots.keys()
        and ((is_straight := (tie.near.pk, tie.far.pk) in straight) or by.beside)  # a phone has no room for the others
    ]
    more = found.more_first + found.more_second + hidden
    return Drawing(
        frame=" ".join(f"{edge:.0f}" for edge in layout.frame),
        width=f"{layout.frame[2]:.0f}",
        height=f"{layout.frame[3]:.0f}",
        nodes=nodes,
        lines=sorted(lines, key=lambda line: (not line.is_across, not line.is_past)),  # the loud ones on top
        more=ngettext("+%(count)d more", "+%(count)d more", more) % {"count": more} if more else "",
        more_y=_px(layout.frame[1] + layout.frame[3] - 8),
    )


def _behind(found: Neighbourhood) -> dict[int, list[int]]:
    """Behind which neighbour each customer of the second ring stands: the first it was found at."""
    first, second = {row.pk for row in found.first}, {row.pk for row in found.second}
    behind: dict[int, list[int]] = defaultdict(list)
    placed: set[int] = set()
    for tie in found.ties:
        if tie.near.pk in first and tie.far.pk in second and tie.far.pk not in placed:
            placed.add(tie.far.pk)
            behind[tie.near.pk].append(tie.far.pk)
    return dict(behind)


def _node(customer: Customer, spot: Spot, tie: Tie | None, by: Geometry) -> Node:
    mark, name, anchor, room = _places(spot, by)
    verb = ", ".join(tie.verbs) if tie and spot.ring == 1 and not by.beside else ""
    return Node(
        link=reverse("admin:customers_customer_page", args=[customer.pk]),
        kind=customer.kind,
        ring=spot.ring,
        left=_px(spot.x - spot.width / 2),
        top=_px(spot.y - spot.height / 2),
        width=_px(spot.width),
        height=_px(spot.height),
        mark=f"{_px(mark)} {_px(spot.y - (7 if verb else 0))}",
        name=shortened(customer.name, by.letters, room) if room else "",
        name_x=_px(name),
        name_y=_px(spot.y - (7 if verb else 0)),
        anchor=anchor,
        verb=shortened(verb, by.letters - 1.5, room + 12),
        verb_y=_px(spot.y + 8),
        title=_title(customer, tie),
        is_past=tie.is_past if tie else False,
    )


def _places(spot: Spot, by: Geometry) -> tuple[float, float, str, float]:
    """Where the sign and the name of a node stand, how the name is anchored, and its room."""
    left = spot.x - spot.width / 2
    if spot.ring == 0:
        return spot.x, spot.x, "middle", spot.width - 16
    if spot.ring == 1:
        return left + 13, left + 23, "start", spot.width - 28
    if not by.beside:
        return spot.x, spot.x, "middle", 0
    mark = spot.x - spot.side * (spot.width / 2 - by.dot)
    return mark, mark + spot.side * (by.dot + 5), "start" if spot.side > 0 else "end", by.name - 8


def _title(customer: Customer, tie: Tie | None) -> str:
    """What is said of a node to whoever points at it or cannot see it."""
    if tie is None:
        return customer.name
    said = _("%(near)s %(verb)s %(far)s · strength %(strength)d of 5") % {
        "near": tie.near.name,
        "verb": ", ".join(tie.verbs),
        "far": tie.far.name,
        "strength": tie.strength,
    }
    return f"{said} · {_('ended')}" if tie.is_past else said


def _line(tie: Tie, layout: Layout, by: Geometry, *, is_across: bool) -> Line:
    start, end = layout.spots[tie.near.pk], layout.spots[tie.far.pk]
    own = start.ring == 0 and by.beside
    inner = end.x - end.side * end.width / 2  # the label stands before the box, where the lines have fanned out
    return Line(
        path=_across(start, end) if is_across else _curve(start, end, by),
        width=LINE_WIDTHS[tie.strength],
        is_past=tie.is_past,
        is_across=is_across,
        label=_label(tie) if own else "",
        x=_px(inner - end.side * 7),
        y=_px(end.y + (8 if end.y > 0 else -8)),  # on the side that the line does not come from
        anchor="end" if end.side > 0 else "start",
    )


def _label(tie: Tie) -> str:
    """The first of the verbs, and how many more: the others are told at the node."""
    first, *others = tie.verbs
    return shortened(first, LABEL_LETTERS, 84) + (f" +{len(others)}" if others else "")


def _curve(start: Spot, end: Spot, by: Geometry) -> str:
    """From the edge of one to the edge of the other, leaving and arriving level."""
    sign = end.side
    if end.ring == 2 and not by.beside:
        return f"M{_px(end.x)} {_px(start.y + start.height / 2)}V{_px(end.y)}"
    x1 = start.x + sign * start.width / 2
    x2 = end.x - sign * end.width / 2
    bend = (x1 + x2) / 2
    return f"M{_px(x1)} {_px(start.y)}C{_px(bend)} {_px(start.y)} {_px(bend)} {_px(end.y)} {_px(x2)} {_px(end.y)}"


def _across(start: Spot, end: Spot) -> str:
    """Between two who are no one's neighbour and what stands behind it: a bow that is out of the way."""
    if start.side == end.side:
        x1, x2 = (spot.x + spot.side * spot.width / 2 for spot in (start, end))
        bend = start.side * 18 + (x1 if abs(x1) > abs(x2) else x2)
        return f"M{_px(x1)} {_px(start.y)}C{_px(bend)} {_px(start.y)} {_px(bend)} {_px(end.y)} {_px(x2)} {_px(end.y)}"
    x1, x2 = (spot.x - spot.side * spot.width / 2 for spot in (start, end))
    return f"M{_px(x1)} {_px(start.y)}C0 {_px(start.y)} 0 {_px(end.y)} {_px(x2)} {_px(end.y)}"


def _px(value: float) -> str:
    """A number as SVG takes it, in every language."""
    return f"{value:.1f}".rstrip("0").rstrip(".")
