"""Which shapes a tile may have: what it shows decides."""

from django.utils.translation import gettext as _

from analytics.choices import ReportKind, TileShape, TileSource
from analytics.models import SavedReport

NUMBER, LINE, BAR, HEAT, FUNNEL, TABLE = TileShape

# The first is the usual one.
OF_REPORT: dict[str, tuple[TileShape, ...]] = {
    ReportKind.TREND: (LINE, BAR, NUMBER, TABLE),
    ReportKind.FUNNEL: (FUNNEL, BAR, NUMBER, TABLE),
    ReportKind.RETENTION: (HEAT, NUMBER, TABLE),
    ReportKind.PATHS: (BAR, NUMBER, TABLE),
    ReportKind.SESSIONS: (LINE, BAR, NUMBER, TABLE),
}
OF_SOURCE: dict[str, tuple[TileShape, ...]] = {
    TileSource.WAITING: (NUMBER, BAR, TABLE),
    TileSource.TICKETS: (BAR, LINE, NUMBER, TABLE),
    TileSource.TARGETS: (HEAT, TABLE),
    TileSource.CSAT: (NUMBER, TABLE),
    TileSource.SCORES: (BAR, NUMBER, TABLE),
    TileSource.MOVERS: (TABLE, NUMBER),
    TileSource.ORDERS: (BAR, LINE, NUMBER, TABLE),
    TileSource.FORECAST: (LINE, NUMBER, TABLE),
}


def shapes_of(source: str, report: SavedReport | None) -> tuple[TileShape, ...]:
    """The shapes that fit; of a report that is gone, all that some report has."""
    if source != TileSource.REPORT:
        return OF_SOURCE[source]
    return OF_REPORT[report.kind] if report is not None else tuple(TileShape)


def why_it_does_not_fit(source: str, report: SavedReport | None, shape: str) -> str:
    """Why a shape cannot be drawn, with those that can; empty: it can."""
    fitting = shapes_of(source, report)
    if shape in fitting:
        return ""
    what = report.get_kind_display() if report is not None else TileSource(source).label
    names = ", ".join(f"“{one.label}”" for one in fitting)
    return _("“%(what)s” cannot be drawn as “%(shape)s”. Choose one of: %(names)s.") % {
        "what": what,
        "shape": TileShape(shape).label,
        "names": names,
    }
