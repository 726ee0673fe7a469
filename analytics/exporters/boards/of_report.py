"""What a tile tells of a saved behaviour report."""

from datetime import datetime

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from analytics.choices import ReportKind
from analytics.exporters.behaviour import Number, tables_of
from analytics.exporters.behaviour import Table as ReportTable
from analytics.exporters.boards import links
from analytics.exporters.boards.content import Cell, Content, Figure, Part, Table, Text
from analytics.exporters.number_words import SHARE
from analytics.models import SavedReport
from analytics.operations.report_definition import DefinitionInvalid, read_report
from analytics.operations.run_report import Found, Report, ReportFailed, run_report
from customers.models import User

# Of the table of a report: the lines that are sums, the columns that name a line.
SUMS = {ReportKind.TREND: 1, ReportKind.SESSIONS: 1}
LABELS = {ReportKind.PATHS: 2}


def of_report(*, report: SavedReport, title: str, user: User, at: datetime) -> Content:
    """The report's first table, for those whom the user may see. The caller has asked whether they see the report."""
    name, page = title or report.name, reverse("admin:analytics_savedreport_report", args=[report.pk])
    try:
        definition = read_report(kind=report.kind, definition=report.definition, user=user)
        found = run_report(definition=definition, user=user, at=at)
    except (DefinitionInvalid, ReportFailed) as error:
        return Content(name, link=page, problem=str(error))
    may_open = user.has_perm("customers.view_customer")
    parts = [Part(_table(report, found, one, may_open), one.segment.name if one.segment else "") for one in found.found]
    number, words = _number(report, found, found.found[0], parts[0].table)
    first, last = (date_format(day, "SHORT_DATE_FORMAT") for day in (found.first, found.last))
    return Content(
        title=name,
        note=_("%(first)s to %(last)s, %(zone)s") % {"first": first, "last": last, "zone": definition.time_zone},
        link=page,
        number=number,
        number_words=" · ".join(filter(None, (parts[0].name, words))),
        parts=parts,
        is_empty=all(one.is_empty for one in found.found),
    )


def _table(report: SavedReport, whole: Report, found: Found, may_open: bool) -> Table:
    table = tables_of(whole, found)[0]
    segment = found.segment.pk if found.segment else None

    def cell(one: str | Number) -> Cell:
        if isinstance(one, str):
            return Text(one)
        counted = one.people if one.people is not None else one.value
        link = links.people(report.pk, segment, one.cell) if may_open and one.cell and counted else ""
        return Figure(one.value, one.form, link, one.people, one.is_partial)

    return Table(
        header=table.header,
        lines=[[cell(one) for one in line] for line in table.lines],
        charted=_charted(report.kind, table),
        sums=SUMS.get(ReportKind(report.kind), 0),
        labelled=LABELS.get(ReportKind(report.kind), 1),
        is_heat=table.is_heat,
    )


def _charted(kind: str, table: ReportTable) -> tuple[int, ...]:
    """The columns that are drawn: of a trend people, of which each series has the second of two."""
    match kind:
        case ReportKind.TREND:
            return tuple(range(2, len(table.header), 2))
        case ReportKind.FUNNEL:
            return (1,)
        case ReportKind.PATHS:
            return (2,)
        case ReportKind.SESSIONS:
            return (1, 2)
    return ()


def _number(report: SavedReport, whole: Report, found: Found, table: Table) -> tuple[Figure | None, str]:
    """The one number that stands for a report, and what it counts."""
    if not table.lines:
        return None, ""
    match report.kind:
        case ReportKind.TREND:
            figure = table.lines[0][2]
            return (figure if isinstance(figure, Figure) else None), table.header[2]
        case ReportKind.FUNNEL:
            last, reached = table.lines[-1], table.lines[-1][1]
            link = reached.link if isinstance(reached, Figure) else ""
            share = last[2].value if isinstance(last[2], Figure) else None
            return Figure(share, SHARE, link), _("of the first step reached the last")
        case ReportKind.RETENTION:
            return _came_back(whole, found)
        case ReportKind.PATHS:
            figure = table.lines[0][2]
            return (figure if isinstance(figure, Figure) else None), _("people began")
    figure = table.lines[0][1]
    return (figure if isinstance(figure, Figure) else None), table.header[1]


def _came_back(whole: Report, found: Found) -> tuple[Figure | None, str]:
    """How many of all who began were back in the step after, of the cohorts for whom that is over."""
    over = [
        one
        for one in found.cohorts or ()
        if whole.definition.columns >= 1 and one.back[1] is not None and not found.report.is_partial(one.step, 1)
    ]
    people = sum(one.people for one in over)
    share = sum(one.back[1] or 0 for one in over) / people if people else None
    return Figure(share, SHARE), _("came back in the step after")
