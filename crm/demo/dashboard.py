"""The dashboard of the demo company: six shapes, of the reports of its web shop and of figures that it has."""

from datetime import datetime
from typing import Any

from analytics.choices import TileShape, TileSource
from analytics.models import Dashboard, SavedReport, Tile
from analytics.operations.write_dashboard import write_dashboard
from analytics.operations.write_tile import write_tile
from customers.models import Product, User

NAME = "The week at a glance"


def settle_dashboard(*, owner: User, product: Product, at: datetime) -> None:
    """Put it in. Its reports stand already."""
    values = {"name": NAME, "description": "Web shop, service and orders", "is_shared": True}
    board = write_dashboard(dashboard=Dashboard(), changes=values, by=owner, at=at)
    reports = {row.name: row for row in SavedReport.objects.filter(owner=owner)}
    for source, shape, width, more in _tiles(reports, product):
        changes = {"source": source, "shape": shape, "width": width, **more}
        write_tile(tile=Tile(dashboard=board), changes=changes, by=owner, at=at)


def _tiles(reports: dict[str, SavedReport], product: Product) -> list[tuple[str, str, int, dict[str, Any]]]:
    return [
        (TileSource.WAITING, TileShape.NUMBER, 1, {}),
        (TileSource.CSAT, TileShape.NUMBER, 1, {"days": 90}),
        (TileSource.REPORT, TileShape.FUNNEL, 2, {"report": reports["From visit to order"]}),
        (TileSource.REPORT, TileShape.LINE, 2, {"report": reports["Visits by where they came from"]}),
        (TileSource.ORDERS, TileShape.BAR, 2, {"days": 180}),
        (TileSource.REPORT, TileShape.HEAT, 4, {"report": reports["Who comes back"]}),
        (TileSource.MOVERS, TileShape.TABLE, 2, {}),
        (TileSource.FORECAST, TileShape.LINE, 2, {"product": product}),
    ]
