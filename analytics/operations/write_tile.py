from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from analytics.choices import TileSource
from analytics.models import Dashboard, SavedReport, Tile
from analytics.operations.tile_shapes import shapes_of, why_it_does_not_fit
from customers.models import Product, User

# More would be no dashboard.
MOST_TILES = 24


@transaction.atomic
def write_tile(
    *, tile: Tile, changes: dict[str, Any], by: User, at: datetime, expected_version: int | None = None
) -> Tile:
    """Put a new tile at the end of its dashboard, or change one. Without a shape it gets the usual one of what it
    shows.

    Raises StaleVersion, ValidationError: where the shape does not fit, where what it shows is not named, and where
    that is a report or a dashboard that `by` does not see."""
    is_new = tile.pk is None
    if not is_new:
        tile.refresh_from_db(from_queryset=Tile.objects.select_for_update())
        tile.require_version(expected_version)
    for name, value in changes.items():
        setattr(tile, name, value)
    if is_new:
        _put_at_the_end(tile, by)
    changes = {**changes, **_settle(tile, changes, by)}
    tile.full_clean(exclude=["dashboard"])
    if is_new:
        tile.save(force_insert=True)
    else:
        tile.save_checked(update_fields=list(changes))
    return tile


def _put_at_the_end(tile: Tile, by: User) -> None:
    # Locked, so that two who add at once do not both put theirs at the same place.
    board = Dashboard.objects.filter(pk=tile.dashboard_id or 0).select_for_update().first()
    if board is None or not Dashboard.objects.visible_to(by).filter(pk=board.pk).exists():
        raise ValidationError({"dashboard": _("Choose a dashboard.")})
    if board.tiles.count() >= MOST_TILES:
        raise ValidationError(_("A dashboard has at most %(most)d tiles.") % {"most": MOST_TILES})
    last = board.tiles.aggregate(last=Max("place"))["last"]
    tile.place = 0 if last is None else last + 1


def _settle(tile: Tile, changes: dict[str, Any], by: User) -> dict[str, Any]:
    """What is left out of the tile because its source does not ask for it, and the checks of what it does."""
    settled: dict[str, Any] = {}
    for name, source in (("report", TileSource.REPORT), ("product", TileSource.FORECAST)):
        if tile.source != source and getattr(tile, f"{name}_id") is not None:
            setattr(tile, name, None)
            settled[name] = None
    if not tile.shape:
        tile.shape = settled["shape"] = shapes_of(tile.source, tile.report)[0]
    named = tile.pk is None or {"source", "report", "product"} & {*changes}
    if named:
        _require_named(tile, by)
    if problem := why_it_does_not_fit(tile.source, tile.report, tile.shape):
        raise ValidationError({"shape": problem})
    return settled


def _require_named(tile: Tile, by: User) -> None:
    if tile.source == TileSource.REPORT:
        seen = SavedReport.objects.visible_to(by).filter(pk=tile.report_id or 0)
        if not seen.exists():
            raise ValidationError({"report": _("Choose a behaviour report.")})
    if (
        tile.source == TileSource.FORECAST
        and not Product.objects.visible_to(by).filter(pk=tile.product_id or 0).exists()
    ):
        raise ValidationError({"product": _("Choose a product.")})
