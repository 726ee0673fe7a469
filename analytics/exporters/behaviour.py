"""Behaviour reports as tables of numbers: for pages, and for files."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import IO

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from analytics.behaviour.definition import Step
from analytics.behaviour.paths import OTHER
from analytics.behaviour.sessions import Sessions
from analytics.behaviour.trend import Series
from analytics.choices import ConditionOp, Granularity
from analytics.exporters.number_words import COUNT, DECIMAL, SECONDS, SHARE
from analytics.operations.run_report import Found, Report
from customers.exporters.files import write_all, writer_for
from customers.exporters.sheet import Cell, Record


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a report (None: there is none), what it is, and the name of the cell whose people it counts.
    `people` is the count behind a share; a number whose time is not over yet is partial."""

    value: float | None
    form: str = COUNT
    cell: str = ""
    people: int | None = None
    is_partial: bool = False


Line = list[str | Number]


@dataclass(frozen=True, slots=True)
class Table:
    """Lines under a header. The first column names what the others count."""

    title: str
    header: list[str]
    lines: list[Line]
    is_heat: bool = False
    is_folded: bool = False  # detail that a page opens when it is asked to


def tables_of(report: Report, found: Found) -> list[Table]:
    """What a report found, among everybody or in one segment."""
    if found.series is not None:
        return [_trend(report, found, found.series)]
    if found.funnel is not None:
        return [_funnel(report, found)]
    if found.cohorts is not None:
        return [_retention(report, found)]
    if found.path is not None:
        return [_places(report, found), _links(report, found)]
    return [_sessions(report, found)]


def event_words(step: Step) -> str:
    """A step in words: its event and its conditions."""
    name = _("any event") if step.event is None else step.event
    labels = dict(ConditionOp.choices)
    conditions = [f"{one.property} {labels[one.op]} {one.value}".strip() for one in step.where]
    return f"{name} ({', '.join(conditions)})" if conditions else name


def series_words(report: Report, series: Series) -> str:
    """What a series of a trend counts: its event, and its value where the report is broken down."""
    steps = report.definition.steps
    name = event_words(steps[series.selector])
    if not report.definition.breakdown:
        return name
    value = (
        _("all others")
        if series.value is None
        else series.value
        or _(
            "none",
        )
    )
    return value if len(steps) == 1 else f"{name}: {value}"


def step_name(day: date, by: str) -> str:
    """A day, a week by its first day, or a month."""
    style = "YEAR_MONTH_FORMAT" if by == Granularity.MONTH else "SHORT_DATE_FORMAT"
    return str(date_format(day, style))


def step_names(report: Report) -> list[str]:
    """The names of the days, weeks or months."""
    return [step_name(day, report.definition.by) for day in (report.steps.days if report.steps else ())]


def _trend(report: Report, found: Found, series: list[Series]) -> Table:
    header = [_("From")]
    for one in series:
        name = series_words(report, one)
        header += [_("%(name)s: events") % {"name": name}, _("%(name)s: people") % {"name": name}]
    whole: Line = [_("Whole period")]
    for one in series:
        cell = found.report.cell(one, None)
        whole += [Number(one.all_events, cell=cell), Number(one.all_people, cell=cell)]
    lines = [whole]
    for step, name in enumerate(step_names(report)):
        line: Line = [name]
        for one in series:
            cell = found.report.cell(one, step)
            line += [Number(one.events[step], cell=cell), Number(one.people[step], cell=cell)]
        lines.append(line)
    return Table(_("Step by step"), header, lines)


def _funnel(report: Report, found: Found) -> Table:
    header = [
        _("Step"),
        _("People"),
        _("Of the first"),
        _("Of the step before"),
        _("Dropped after it"),
        _("Median time from the step before"),
    ]
    lines: list[Line] = []
    for number, (asked, step) in enumerate(zip(report.definition.steps, found.funnel or (), strict=True)):
        lines.append(
            [
                f"{number + 1}. {event_words(asked)}",
                Number(step.people, cell=f"reached:{number}"),
                Number(step.of_first, SHARE),
                Number(step.of_previous, SHARE),
                Number(step.dropped, cell=f"dropped:{number}") if asked is not report.definition.steps[-1] else "–",
                Number(step.median_seconds, SECONDS),
            ]
        )
    return Table(_("Steps"), header, lines)


def _retention(report: Report, found: Found) -> Table:
    columns = report.definition.columns
    header = [_("Began in"), _("People"), *(str(column) for column in range(columns + 1))]
    lines: list[Line] = []
    for cohort, name in zip(found.cohorts or (), step_names(report), strict=False):
        line: Line = [name, Number(cohort.people, cell=f"{cohort.step}:began")]
        for column, back in enumerate(cohort.back):
            share = None if back is None or not cohort.people else back / cohort.people
            cell = "" if back is None else f"{cohort.step}:{column}"
            partial = found.report.is_partial(cohort.step, column)
            line.append(Number(share, SHARE, cell, back, partial))
        lines.append(line)
    return Table(_("Who came back"), header, lines, is_heat=True)


def _event_name(report: Report, key: int) -> str:
    return _("all others") if key == OTHER else report.names.get(key, "?")


def _step_number(report: Report, number: int) -> str:
    return f"−{number + 1}" if report.definition.is_backwards else f"+{number + 1}"


def _places(report: Report, found: Found) -> Table:
    began = found.began or 0
    anchor: Line = [
        "0",
        event_words(report.definition.steps[0]),
        Number(began, cell="began"),
        Number(1 if began else None, SHARE),
    ]
    lines = [anchor]
    for number, step in enumerate(found.path or ()):
        for place in step.places:
            share = Number(place.people / began, SHARE)
            name = _event_name(report, place.name)
            lines.append([_step_number(report, number), name, Number(place.people, cell=place.cell), share])
        if step.ended:
            share, ended = Number(step.ended / began, SHARE), Number(step.ended, cell=step.ended_cell)
            lines.append([_step_number(report, number), _("nothing more"), ended, share])
    return Table(_("Each step"), [_("Step"), _("Event"), _("People"), _("Of all who began")], lines)


def _links(report: Report, found: Found) -> Table:
    lines: list[Line] = []
    anchor = event_words(report.definition.steps[0])
    for number, step in enumerate(found.path or ()):
        for link in step.links:
            before = anchor if not number else _event_name(report, link.before)
            after = _event_name(report, link.after)
            lines.append([_step_number(report, number), before, after, Number(link.people, cell=link.cell)])
    beside = _("After it") if report.definition.is_backwards else _("Before it")
    header = [_("Step"), beside, _("Event"), _("People")]
    return Table(_("From one to the next"), header, lines, is_folded=True)


def _sessions(report: Report, found: Found) -> Table:
    whole, each = found.sessions or (None, [])
    header = [
        _("From"),
        pgettext("of events", "Sessions"),
        _("People"),
        _("Events each"),
        _("Mean length"),
        _("Median length"),
        _("Bounce rate"),
    ]
    lines = [_session_line(_("Whole period"), whole, "all")] if whole else []
    lines += [
        _session_line(name, one, str(number))
        for number, (name, one) in enumerate(zip(step_names(report), each, strict=True))
    ]
    return Table(_("Step by step"), header, lines)


def _session_line(name: str, one: Sessions, cell: str) -> Line:
    return [
        name,
        Number(one.sessions, cell=f"people:{cell}"),
        Number(one.people, cell=f"people:{cell}"),
        Number(one.events_each, DECIMAL),
        Number(one.mean_seconds, SECONDS),
        Number(one.median_seconds, SECONDS),
        Number(one.bounce_rate, SHARE, f"bounced:{cell}"),
    ]


def write_report_file(report: Report, file: IO[bytes], format: str) -> int:
    """All tables of a report as one: CSV for programs, XLSX for people. Numbers as such: times in seconds, shares of 1,
    the people behind a share in a column of their own. Returns how many lines were written."""
    tables = [(found, table) for found in report.found for table in tables_of(report, found)]
    widest = max(len(_flat_header(table)) for _found, table in tables)
    first = _flat_header(tables[0][1])
    header = [_("Segment"), _("Table"), *first, *[""] * (widest - len(first))]
    writer = writer_for(format, file, header)
    written = write_all(writer, _records(tables))
    writer.close()
    return written


def _records(tables: list[tuple[Found, Table]]) -> Iterator[Record]:
    for number, (found, table) in enumerate(tables):
        name = found.segment.name if found.segment else ""
        if number and table.header != tables[0][1].header:
            yield [name, table.title, *_flat_header(table)]
        for line in table.lines:
            yield [name, table.title, *_flat(table, line)]


def _flat_header(table: Table) -> list[str]:
    if not table.is_heat:
        return table.header
    shares = [_("%(column)s: share") % {"column": column} for column in table.header[2:]]
    return [*table.header[:2], *table.header[2:], *shares]


def _flat(table: Table, line: Line) -> list[Cell]:
    values: list[Cell] = [one.value if isinstance(one, Number) else one for one in line]
    if not table.is_heat:
        return values
    people: list[Cell] = [one.people if isinstance(one, Number) else one for one in line[2:]]
    return [*values[:2], *people, *values[2:]]
