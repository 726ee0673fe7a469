from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _

from analytics.choices import TileSource
from analytics.exporters.boards import figures
from analytics.exporters.boards.content import Content
from analytics.exporters.boards.of_report import of_report
from analytics.models import SavedReport, Tile
from customers.models import User

# What a tile shows, and which permission that asks for.
SOURCES: dict[str, tuple[str, Callable[[Tile, User, datetime], Content]]] = {
    TileSource.WAITING: ("services.view_ticket", figures.waiting),
    TileSource.TICKETS: ("services.view_ticket", figures.tickets),
    TileSource.TARGETS: ("services.view_ticket", figures.targets),
    TileSource.CSAT: ("services.view_ticket", figures.csat),
    TileSource.SCORES: ("analytics.view_customerscore", figures.scores),
    TileSource.MOVERS: ("analytics.view_customerscore", figures.fallen),
    TileSource.ORDERS: ("customers.view_order", figures.orders),
    TileSource.FORECAST: ("analytics.view_forecast", figures.forecast),
}


def tell_tile(*, tile: Tile, user: User, at: datetime) -> Content:
    """What a tile tells this user now. One whose report is gone or out of their sight, or that shows what they may not
    see, says so and names nothing of it."""
    if tile.source == TileSource.REPORT:
        return _of_report(tile, user, at)
    permission, tell = SOURCES[tile.source]
    if not user.has_perm(permission):
        title = tile.title or str(tile.get_source_display())
        return Content(title, problem=_("You may not see what this tile shows."))
    return tell(tile, user, at)


def _of_report(tile: Tile, user: User, at: datetime) -> Content:
    report = None
    if user.has_perm("analytics.view_savedreport"):
        report = SavedReport.objects.visible_to(user).filter(pk=tile.report_id or 0).first()
    if report is None:
        title = tile.title or str(tile.get_source_display())
        return Content(title, problem=_("The report of this tile is gone, or you may not see it."))
    return of_report(report=report, title=tile.title, user=user, at=at)
