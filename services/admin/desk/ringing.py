"""Calls that ring for somebody now: a card on whatever page of the admin they look at."""

from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import Customer
from services.admin.desk.access import at_the_desk, unremembered
from services.choices import CallState, NotificationKind
from services.models import Notification
from services.operations.read_notifications import read_notifications

# A card goes by itself when the call has ended, or when nothing was heard of it for so long.
SHOWN_FOR = timedelta(minutes=10)
MOST = 3


def ringing(user: Any, *, at: datetime) -> list[dict[str, Any]]:
    """The cards of a user, newest first. Whoever may not see the customer is shown the number alone. Two queries."""
    told = Notification.objects.visible_to(user).filter(
        kind=NotificationKind.CALL,
        read_at=None,
        call__state__in=(CallState.RINGING, CallState.ANSWERED),
        call__began_at__gte=at - SHOWN_FOR,
    )
    rows = list(told.select_related("call__customer")[:MOST])
    may_see = user.has_perm("customers.view_customer")
    keys = [row.call.customer_id for row in rows if row.call and row.call.customer_id]
    in_sight = (
        set(Customer.objects.visible_to(user).filter(pk__in=keys).values_list("pk", flat=True)) if may_see else ()
    )
    return [_card(row, row.call is not None and row.call.customer_id in in_sight) for row in rows]


def _card(row: Notification, is_known: bool) -> dict[str, Any]:
    call: Any = row.call
    log = f"{reverse('admin:desk_call')}?call={call.pk}"
    words: dict[str, Any] = {
        "id": row.pk,
        "state": str(call.get_state_display()),
        "log": log,
        "log_label": _("Log the call"),
    }
    words["close_label"] = _("Put away")
    if not is_known:
        find = f"{reverse('admin:customers_customer_changelist')}?q={call.number.replace('+', '%2B')}"
        return {**words, "title": call.number, "text": _("Nobody whom you may see has this number."), "url": find,
                "label": _("Search"), "log_label": _("New customer")}  # fmt: skip
    page = reverse("admin:customers_customer_page", args=[call.customer_id])
    return {**words, "title": call.customer.name, "text": call.number, "url": page, "label": _("Open the customer")}


@at_the_desk("POST")
@unremembered
def put_away(request: HttpRequest, pk: int, *, at: datetime) -> HttpResponse:
    """The user has seen a card."""
    user: Any = request.user
    if not Notification.objects.visible_to(user).filter(pk=pk).exists():
        raise Http404(_("There is no such notification."))
    read_notifications(user=user, ids=[pk], at=at)
    return HttpResponse(status=204)
