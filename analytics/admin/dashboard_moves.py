"""What the buttons of a dashboard do to its tiles: `do` is a verb and the key of a tile, or `order` with all keys."""

from collections.abc import Mapping
from datetime import datetime

from analytics.models import Dashboard, Tile
from analytics.models.dashboard import WIDEST
from analytics.operations.arrange_tiles import arrange_tiles
from analytics.operations.write_tile import write_tile
from customers.admin.row_keys import is_key
from customers.models import User

STEPS = {"earlier": -1, "later": 1}
WIDTHS = {"narrower": -1, "wider": 1}
MOST_KEYS = 100


class NoSuchMove(Exception):
    """The verb or the tile is none of this dashboard's."""


def moved(board: Dashboard, posted: Mapping[str, str], *, by: User, at: datetime) -> str:
    """Do it; returns the anchor of the button that was pressed, so that the keyboard goes on from there.

    Raises NoSuchMove, and what the operations raise."""
    verb, _colon, key = posted.get("do", "").partition(":")
    if verb == "order":
        keys = posted.get("order", "").split(",")[:MOST_KEYS]
        if not all(map(is_key, keys)):
            raise NoSuchMove
        arrange_tiles(dashboard=board, tiles=[int(one) for one in keys], at=at)
        return ""
    tile = board.tiles.filter(pk=int(key)).first() if is_key(key) else None
    if tile is None:
        raise NoSuchMove
    if verb in STEPS:
        _step(board, tile, STEPS[verb], at)
    elif verb in WIDTHS:
        _resize(tile, WIDTHS[verb], by, at)
    else:
        raise NoSuchMove
    return f"#{verb}-{tile.pk}"


def _step(board: Dashboard, tile: Tile, step: int, at: datetime) -> None:
    keys = list(board.tiles.order_by("place", "pk").values_list("pk", flat=True))
    place = keys.index(tile.pk)
    to = place + step
    if 0 <= to < len(keys):
        keys[place], keys[to] = keys[to], keys[place]
        arrange_tiles(dashboard=board, tiles=keys, at=at)


def _resize(tile: Tile, step: int, by: User, at: datetime) -> None:
    width = tile.width + step
    if 1 <= width <= WIDEST:
        write_tile(tile=tile, changes={"width": width}, by=by, at=at)
