"""What tiles tell of the service desk, of scores, orders and demand: figures that the house has, of those whom the user
may see."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from analytics.choices import ForecastKind, Granularity
from analytics.exporters.boards import links
from analytics.exporters.boards.content import Cell, Content, Figure, Part, Table, Text
from analytics.exporters.number_words import DECIMAL, HUNDREDTHS, SHARE
from analytics.models import CustomerScore, Forecast, Tile
from analytics.operations.movers import beginning_of, movers
from analytics.operations.orders_by_step import orders_by_step
from analytics.operations.report_period import Period
from analytics.operations.score_bands import BANDS
from analytics.operations.service_report import ServiceReport, Step, service_report
from customers.models import Customer, User
from services.choices import SLAClock
from services.operations.count_waiting import count_waiting

# Days are told one by one up to so many, then weeks, then months.
MOST_DAYS, MOST_DAYS_OF_WEEKS = 45, 200
POINTS, MOST_MOVERS, NAMED = 5.0, 1000, 10
SHOWN_OF_HISTORY = 26  # weeks


def waiting(tile: Tile, user: User, at: datetime) -> Content:
    """Tickets that wait now."""
    found = count_waiting(user=user, at=at)
    rows = [
        (_("Open tickets"), found.open, {"show": "unsolved"}),
        (_("Unassigned"), found.unassigned, {"show": "unassigned"}),
        (_("Late now"), found.late, {"sla": "late"}),
        (_("Due in 4 hours"), found.soon, {"sla": "soon"}),
    ]
    lines: list[list[Cell]] = [
        [Text(name), Figure(number, link=links.tickets(**asked) if number else "")] for name, number, asked in rows
    ]
    return Content(
        title=_named(tile),
        note=pgettext("moment", "now"),
        link=links.tickets(show="unsolved"),
        number=_figure(lines[0][1]),
        number_words=_("open, %(late)d of them late") % {"late": found.late},
        parts=[Part(Table([_("Tickets"), _("Number")], lines, charted=(1,)))],
    )


def tickets(tile: Tile, user: User, at: datetime) -> Content:
    """Tickets opened and solved, by day, week or month."""
    period, report = _service(tile, user, at)
    lines = [_flow(step, period) for step in report.steps]
    whole = _linked(report.opened, "opened", period.start, period.end)
    return Content(
        title=_named(tile),
        note=_span(period),
        link=_report_page(period),
        number=whole,
        number_words=_("opened, %(solved)d solved") % {"solved": report.solved},
        parts=[Part(Table([_("From"), _("Opened"), _("Solved"), _("Open at the end")], lines, charted=(1, 2)))],
        is_empty=not (report.opened or report.solved or report.steps[-1].open_at_end),
    )


def _flow(step: Step, period: Period) -> list[Cell]:
    numbers = (("opened", step.opened), ("solved", step.solved), ("open", step.open_at_end))
    return [Text(_step(step.first, period)), *(_linked(n, name, step.start, step.end) for name, n in numbers)]


def targets(tile: Tile, user: User, at: datetime) -> Content:
    """The share of targets that were kept, by queue."""
    period, report = _service(tile, user, at)
    lines: list[list[Cell]] = []
    for group in report.queues:
        line: list[Cell] = [Text(group.name or _("Nobody"))]
        for clock in SLAClock:
            found = group.targets[clock]
            decided = found.kept + found.missed
            cohort = f"{clock.value}_{'missed' if found.missed else 'kept'}"
            link = links.cohort(cohort, period.start, period.end, queue__id__exact=group.key) if decided else ""
            line.append(Figure(found.kept / decided if decided else None, SHARE, link, found.missed))
        lines.append(line)
    return Content(
        title=_named(tile),
        note=_("kept, %(span)s") % {"span": _span(period)},
        link=_report_page(period),
        parts=[Part(Table([_("Queue"), *(str(clock.label) for clock in SLAClock)], lines, is_heat=True))],
        is_empty=not lines,
    )


def csat(tile: Tile, user: User, at: datetime) -> Content:
    """How customers rated tickets, and how many answered."""
    period, report = _service(tile, user, at)
    span = (period.start, period.end)
    rated = _linked(report.rated, "rated", *span)
    asked = _linked(report.asked, "asked", *span)
    lines: list[list[Cell]] = [
        [Text(_("CSAT, of 5")), Figure(report.csat, HUNDREDTHS, rated.link)],
        [Text(_("Tickets rated")), rated],
        [Text(_("Asked")), asked],
        [Text(_("Response rate")), Figure(report.answered / report.asked if report.asked else None, SHARE, asked.link)],
    ]
    return Content(
        title=_named(tile),
        note=_span(period),
        link=_report_page(period),
        number=_figure(lines[0][1]),
        number_words=_("of 5, from %(count)d tickets") % {"count": report.rated},
        parts=[Part(Table([_("Satisfaction"), _("Number")], lines))],
        is_empty=not (report.rated or report.asked),
    )


def scores(tile: Tile, user: User, at: datetime) -> Content:
    """How many customers have a score in each band."""
    rows = CustomerScore.objects.visible_to(user).order_by()
    limits = [0.0, *(limit for limit, _tone, _label in BANDS)]
    counts = rows.aggregate(
        **{
            tone: Count("pk", filter=Q(score__gte=least, score__lt=limit))
            for least, (limit, tone, _label) in zip(limits[:-1], BANDS, strict=True)
        }
    )
    lines: list[list[Cell]] = [
        [Text(str(label)), Figure(counts[tone], link=links.customers(band=tone) if counts[tone] else "")]
        for _limit, tone, label in BANDS
    ]
    unhappy = BANDS[0][1]
    everybody = sum(counts.values())
    return Content(
        title=_named(tile),
        note=pgettext("moment", "now"),
        link=links.customers(),
        number=Figure(counts[unhappy], link=links.customers(band=unhappy) if counts[unhappy] else ""),
        number_words=_("unhappy, of %(all)d customers with a score") % {"all": everybody},
        parts=[Part(Table([_("Score"), _("customers")], lines, charted=(1,)))],
        is_empty=not everybody,
    )


def fallen(tile: Tile, user: User, at: datetime) -> Content:
    """Customers whose score fell by five points or more."""
    day = timezone.localdate(at) - timedelta(days=tile.days)
    seen = CustomerScore.objects.visible_to(user)
    found = movers(scores=seen, since=beginning_of(day.isoformat()), points=POINTS, limit=MOST_MOVERS)
    names = Customer.objects.visible_to(user).in_bulk([one.customer_id for one in found[:NAMED]])
    lines: list[list[Cell]] = [
        [
            Text(names[one.customer_id].name, reverse("admin:customers_customer_page", args=[one.customer_id])),
            Figure(one.before, DECIMAL),
            Figure(one.score, DECIMAL),
        ]
        for one in found[:NAMED]
        if one.customer_id in names
    ]
    link = links.customers(moved="fell", moved_by=f"{POINTS:g}", moved_since=day.isoformat())
    return Content(
        title=_named(tile),
        note=_("since %(day)s, 5 points or more") % {"day": date_format(day, "SHORT_DATE_FORMAT")},
        link=link,
        number=Figure(len(found), link=link if found else ""),
        number_words=_("customers, or more") if len(found) == MOST_MOVERS else _("customers"),
        parts=[Part(Table([_("Customer"), _("Before"), _("Now")], lines))],
        is_empty=not found,
    )


def orders(tile: Tile, user: User, at: datetime) -> Content:
    """Orders, and what they came to in each currency."""
    period = _period(tile, at)
    found = orders_by_step(user=user, period=period)
    bounds = period.bounds()
    lines: list[list[Cell]] = []
    for step, (first, _until) in enumerate(period.steps()):
        number = found.orders[step]
        link = links.orders(bounds[step], bounds[step + 1]) if number else ""
        sums = [Figure(float(sums[step]), HUNDREDTHS, link) for sums in found.revenue.values()]
        lines.append([Text(_step(first, period)), Figure(number, link=link), *sums])
    header = [_("From"), _("Orders"), *(_("Revenue, %(currency)s") % {"currency": name} for name in found.revenue)]
    most = next(iter(found.revenue), "")
    link = links.orders(period.start, period.end)
    total = sum(found.revenue[most]) if most else 0
    return Content(
        title=_named(tile),
        note=_span(period),
        link=link,
        number=Figure(float(total), HUNDREDTHS, link if most else ""),
        number_words=_("%(currency)s from %(count)d orders") % {"currency": most, "count": sum(found.orders)},
        parts=[Part(Table(header, lines, charted=tuple(range(2, len(header)))))],
        is_empty=not any(found.orders),
    )


def forecast(tile: Tile, user: User, at: datetime) -> Content:
    """What was ordered of a product by week, and what is expected."""
    rows = Forecast.objects.visible_to(user).current().filter(kind=ForecastKind.PRODUCT, segment=None)
    row = rows.filter(product=tile.product_id or 0).select_related("product").first()
    if tile.product is None:
        return Content(_named(tile), problem=_("The product of this tile is gone. Choose another."))
    name = tile.title or _("Demand: %(product)s") % {"product": tile.product.name}
    if row is None:
        text = _(
            "There is no forecast of this product yet. Forecasts are made at night of what is ordered for 12 weeks."
        )
        return Content(name, problem=text)
    days = [row.history_from + timedelta(days=row.days * number) for number in range(len(row.history))]
    past = list(zip(days, row.history, strict=True))[-SHOWN_OF_HISTORY:]
    none = Figure(None)
    lines: list[list[Cell]] = [
        [Text(_day(day)), Figure(value, DECIMAL, links.step_of_forecast(row, day) if value else ""), none, none, none]
        for day, value in past
    ]
    for first, value, _low95, low80, high80, _high95 in row.steps:
        expected = (Figure(number, DECIMAL) for number in (value, low80, high80))
        lines.append([Text(_day(parse_date(first))), none, *expected])
    header = [_("From"), pgettext("pieces", "Ordered"), _("Expected"), _("at least (80%)"), _("at most (80%)")]
    page = reverse("admin:analytics_forecast_change", args=[row.pk])
    return Content(
        title=name,
        note=_("units a week"),
        link=page,
        number=Figure(row.next_4, DECIMAL, page),
        number_words=_("units in the next 4 weeks"),
        parts=[Part(Table(header, lines, charted=(1, 2, 3, 4)))],
    )


def _named(tile: Tile) -> str:
    return tile.title or str(tile.get_source_display())


def _figure(cell: Cell) -> Figure | None:
    return cell if isinstance(cell, Figure) else None


def _linked(number: int, cohort: str, start: datetime, end: datetime) -> Figure:
    return Figure(number, link=links.cohort(cohort, start, end) if number else "")


def _period(tile: Tile, at: datetime) -> Period:
    last = timezone.localdate(at)
    by = (
        Granularity.DAY
        if tile.days <= MOST_DAYS
        else Granularity.WEEK
        if tile.days <= MOST_DAYS_OF_WEEKS
        else Granularity.MONTH
    )
    return Period(last - timedelta(days=tile.days - 1), last, by)


def _service(tile: Tile, user: User, at: datetime) -> tuple[Period, ServiceReport]:
    period = _period(tile, at)
    return period, service_report(user=user, period=period)


def _report_page(period: Period) -> str:
    asked = f"first={period.first}&last={period.last}&by={period.granularity.value}"
    return f"{reverse('admin:service_report')}?{asked}"


def _span(period: Period) -> str:
    days: Sequence[str] = [_day(day) for day in (period.first, period.last)]
    return _("%(first)s to %(last)s") % {"first": days[0], "last": days[1]}


def _step(day: date, period: Period) -> str:
    return str(date_format(day, "YEAR_MONTH_FORMAT")) if period.granularity == Granularity.MONTH else _day(day)


def _day(day: date | None) -> str:
    return "–" if day is None else str(date_format(day, "SHORT_DATE_FORMAT"))
