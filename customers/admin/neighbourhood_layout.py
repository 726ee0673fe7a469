"""Where everything stands in the picture of a neighbourhood: pure geometry, in pixels, the middle at (0, 0).

The customer is in the middle. Their neighbours stand left and right of it on two arcs, so that names, which are wide
and low, have room; the neighbours of each neighbour stand behind it. Each neighbour has a strip of its own, as high as
what stands in it, so that nothing overlaps, however uneven the neighbourhood is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

WIDE_SIGNS = 0x2E80  # from here on signs are as wide as high: Chinese, Japanese, Korean
SLIM, BROAD = set("iIjlft.,:;'|!()[] 1"), set("mwMW@%&—")
USUAL_WIDTH, SLIM_WIDTH, BROAD_WIDTH, CAPITAL_WIDTH = 0.56, 0.3, 0.86, 0.67  # of the size of the letters


@dataclass(frozen=True, slots=True)
class Geometry:
    """The measures of one kind of picture. `beside`: the second ring stands behind the first with names; else as a row
    of dots below each neighbour, for a window as narrow as a phone's."""

    beside: bool
    letters: float  # size of the names
    middle: tuple[float, float]  # width and height of the box in the middle
    box: tuple[float, float]  # of a neighbour
    ring: float  # from the middle to the middle of a neighbour's box
    gap: float  # between strips
    bow: float  # how far the ends of an arc bend inwards
    dot: float  # radius of a sign of the second ring
    step: float  # from one of them to the next
    away: float  # from the edge of the box to their middle
    name: float  # room for the name of one


WIDE = Geometry(True, 12, (150, 40), (136, 30), 232, 9, 44, 5, 22, 30, 132)
NARROW = Geometry(False, 11.5, (92, 36), (104, 36), 112, 8, 0, 5.5, 17, 15, 0)


@dataclass(frozen=True, slots=True)
class Spot:
    """A customer's place. `x`, `y`: the middle of its box or dot; `side`: -1 left, 1 right, 0 in the middle."""

    key: int
    ring: int
    side: int
    x: float
    y: float
    width: float
    height: float

    def overlaps(self, other: "Spot") -> bool:
        """Whether the two lie over each other."""
        return (
            abs(self.x - other.x) < (self.width + other.width) / 2
            and abs(self.y - other.y) < (self.height + other.height) / 2
        )


@dataclass(frozen=True, slots=True)
class Layout:
    """All places by key, and the frame: left, top, width, height."""

    spots: dict[int, Spot]
    frame: tuple[float, float, float, float]


@dataclass(slots=True)
class _Strip:
    """One neighbour, whoever stands behind it, and how high it is together."""

    key: int
    behind: list[int]
    height: float


@dataclass(slots=True)
class _Side:
    sign: int
    strips: list[_Strip] = field(default_factory=list)
    height: float = 0.0


def lay_out(middle: int, first: Sequence[int], behind: Mapping[int, Sequence[int]], by: Geometry) -> Layout:
    """Give each customer a place. `behind`: of each neighbour the customers that stand behind it, each behind one only.

    The closest neighbours come first, in turn where the picture is emptier. The same input gives the same picture."""
    sides = _Side(1), _Side(-1)
    for key in first:
        strip = _Strip(key, list(behind.get(key, ())), _height(len(behind.get(key, ())), by))
        side = min(sides, key=lambda side: side.height)
        side.height += strip.height + (by.gap if side.strips else 0)
        side.strips.append(strip)
    half = max(by.middle[1], *(side.height for side in sides)) / 2
    spots = [Spot(middle, 0, 0, 0.0, 0.0, *by.middle)]
    for side in sides:
        spots += _stand(side, half, by)
    width = by.ring + by.box[0] / 2 + (by.away + by.dot + by.name if by.beside else 0)
    margin = by.gap
    frame = (-width - margin, -half - margin, 2 * (width + margin), 2 * (half + margin))
    return Layout({spot.key: spot for spot in spots}, frame)


def _height(behind: int, by: Geometry) -> float:
    if by.beside:
        return max(by.box[1], behind * by.step)
    return by.box[1] + (by.away + by.dot if behind else 0)


def _stand(side: _Side, half: float, by: Geometry) -> list[Spot]:
    spots: list[Spot] = []
    top = -side.height / 2
    for strip in side.strips:
        y = top + (strip.height / 2 if by.beside else by.box[1] / 2)
        x = by.ring - by.bow * (y / half) ** 2
        spots.append(Spot(strip.key, 1, side.sign, side.sign * x, y, *by.box))
        spots += _beside(strip, side.sign, x, y, by) if by.beside else _below(strip, side.sign, x, y, by)
        top += strip.height + by.gap
    return spots


def _beside(strip: _Strip, sign: int, x: float, y: float, by: Geometry) -> list[Spot]:
    """One above the other, behind the box. A place here is the dot with its name."""
    left = x + by.box[0] / 2 + by.away - by.dot
    width = 2 * by.dot + by.name
    first = y - (len(strip.behind) - 1) * by.step / 2
    return [
        Spot(key, 2, sign, sign * (left + width / 2), first + number * by.step, width, by.step - 2)
        for number, key in enumerate(strip.behind)
    ]


def _below(strip: _Strip, sign: int, x: float, y: float, by: Geometry) -> list[Spot]:
    """In a row below the box; a long row moves together."""
    room = by.box[0] - 2 * by.dot
    step = min(by.step, room / max(1, len(strip.behind) - 1))
    first = sign * x - (len(strip.behind) - 1) * step / 2
    size = min(2 * by.dot, step - 1)
    return [
        Spot(key, 2, sign, first + number * step, y + by.box[1] / 2 + by.away - by.dot, size, size)
        for number, key in enumerate(strip.behind)
    ]


def width_of(text: str, letters: float) -> float:
    """About how wide a text is at a size of letters."""
    return sum(map(_share, text)) * letters


def _share(sign: str) -> float:
    if ord(sign) >= WIDE_SIGNS:
        return 1.0
    if sign in SLIM:
        return SLIM_WIDTH
    if sign in BROAD:
        return BROAD_WIDTH
    return CAPITAL_WIDTH if sign.isupper() else USUAL_WIDTH


def shortened(text: str, letters: float, room: float) -> str:
    """The text, or as much of its beginning as the room takes, with an ellipsis."""
    if width_of(text, letters) <= room:
        return text
    room -= letters * BROAD_WIDTH  # of the ellipsis
    taken = 0
    for taken, sign in enumerate(text):  # noqa: B007 - how many were taken is used below
        room -= width_of(sign, letters)
        if room < 0:
            break
    return text[:taken].rstrip() + "…"
