"""What a user was told of tickets and has not read."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from services.admin.desk.access import at_the_desk
from services.models import Notification
from services.operations.read_notifications import read_notifications

SHOWN = 20
MOST_COUNTED = 100


def unread_count(user: Any) -> str:
    """How many are unread, 99+ beyond that; empty for none. One query."""
    return shown_count(len(unread_kinds(user)))


def unread_kinds(user: Any) -> list[str]:
    """The kinds of what is unread, the newest MOST_COUNTED of them. One query."""
    unread = Notification.objects.visible_to(user).filter(read_at=None)
    return list(unread.values_list("kind", flat=True)[:MOST_COUNTED])


def shown_count(count: int) -> str:
    """A count as the bell has it."""
    return f"{MOST_COUNTED - 1}+" if count >= MOST_COUNTED else str(count) if count else ""


@at_the_desk("GET", "POST")
def bell(request: HttpRequest, *, at: datetime) -> HttpResponse:
    """The newest of them. A POST marks all as read."""
    user: Any = request.user
    if request.method == "POST":
        read_notifications(user=user, at=at)
    told = Notification.objects.visible_to(user).select_related("ticket", "call")[:SHOWN]
    return TemplateResponse(request, "admin/desk/bell.html", {"told": list(told)})
