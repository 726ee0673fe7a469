"""The customers behind a number of a behaviour report, page by page."""

from array import array
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, QueryDict
from django.utils.translation import gettext as _

from analytics.behaviour.definition import Definition
from analytics.behaviour.events import NoSuchCell
from analytics.operations.people_behind import people_behind
from analytics.operations.run_report import ReportFailed
from customers.models import Customer, User

A_PAGE = 50


def people_context(definition: Definition, asked: QueryDict, *, user: User, at: datetime) -> dict[str, Any]:
    """What `admin/analytics/behaviour/people.html` needs. Raises Http404 where the report has no such number."""
    segment = str(asked.get("segment", ""))
    key = int(segment) if segment.isascii() and segment.isdigit() and len(segment) < 19 else None
    try:
        people = people_behind(definition=definition, cell=str(asked.get("cell", "")), segment=key, user=user, at=at)
    except NoSuchCell:
        raise Http404(_("The report has no such number.")) from None
    except ReportFailed as error:
        return {"failed": str(error)}
    return {**page_of(people.customers, asked, user=user), "unknown_people": people.unknown}


def page_of(keys: "array[int]", asked: QueryDict, *, user: Any) -> dict[str, Any]:
    """One page of customers, of those whom the user may see."""
    page = Paginator(keys, A_PAGE).get_page(asked.get("page"))
    rows = Customer.objects.visible_to(user).select_related("team").in_bulk([*page.object_list])
    others = {name: asked[name] for name in asked if name != "page"}
    return {
        "customers": [rows[pk] for pk in page.object_list if pk in rows],
        "page": page,
        "count": len(keys),
        "address": urlencode(others),
    }
