"""What a behaviour report found, as its page shows it: charts and tables whose numbers lead to customers."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from analytics.admin.behaviour_charts import charts_of
from analytics.behaviour.definition import Definition
from analytics.exporters.behaviour import Number, Table, tables_of
from analytics.exporters.number_words import SHARE, number_words
from analytics.models import Event
from analytics.operations.run_report import Found, Report, ReportFailed, run_report
from customers.models import User
from customers.stale_reads import stale_reads

# (address of the customers behind cells) from the key of a segment or None, and a cell
Address = Callable[[int | None, str], str]


def people_address(page: str, **more: str) -> Address:
    """Addresses of the customers behind numbers, below the address of a report."""

    def address(segment: int | None, cell: str) -> str:
        return f"{page}?{urlencode({**more, **({'segment': segment} if segment else {}), 'cell': cell})}"

    return address


def result_context(definition: Definition, *, user: User, at: datetime, address: Address) -> dict[str, Any]:
    """What `admin/analytics/behaviour/result.html` needs."""
    try:
        with stale_reads():
            report = run_report(definition=definition, user=user, at=at)
    except ReportFailed as error:
        return {"failed": str(error)}
    may_open = user.has_perm("customers.view_customer")
    return {
        "report": report,
        "parts": [_part(report, found, address if may_open else None) for found in report.found],
        "unknown": report.unknown,
        "has_no_events": all(found.is_empty for found in report.found) and not Event.objects.exists(),
        "counts_unknown": user.sees_all_teams and not definition.segments,
    }


def _part(report: Report, found: Found, address: Address | None) -> dict[str, Any]:
    segment = found.segment.pk if found.segment else None

    def link(cell: str) -> str:
        return address(segment, cell) if address and cell else ""

    return {
        "segment": found.segment,
        "is_empty": found.is_empty,
        "charts": charts_of(report, found, link),
        "tables": [_table(table, link) for table in tables_of(report, found)],
    }


def _table(table: Table, link: Callable[[str], str]) -> dict[str, Any]:
    numbers = [any(isinstance(line[at], Number) for line in table.lines) for at in range(len(table.header))]
    return {
        "title": table.title,
        "header": list(zip(table.header, numbers, strict=True)),
        "is_folded": table.is_folded,
        "is_heat": table.is_heat,
        "lines": [
            [{**_cell(table, one, link), "is_number": number} for one, number in zip(line, numbers, strict=True)]
            for line in table.lines
        ],
    }


def _cell(table: Table, one: str | Number, link: Callable[[str], str]) -> dict[str, Any]:
    if isinstance(one, str):
        return {"text": one}
    counted = one.people if one.people is not None else one.value
    heat = f"{one.value:.3f}" if table.is_heat and one.form == SHARE and one.value is not None else ""
    return {
        "text": number_words(one.value, one.form),
        "link": link(one.cell) if counted else "",
        "heat": heat,
        "people": one.people,
        "is_partial": one.is_partial,
    }


def customers_page(key: int | None) -> str:
    """The address of the customers behind numbers: of a saved report, or of one that is being built."""
    if key is None:
        return reverse("admin:analytics_savedreport_people")
    return reverse("admin:analytics_savedreport_customers", args=[key])
