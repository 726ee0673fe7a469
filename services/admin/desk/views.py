"""The views of the desk: those that everybody has, the queues of one's teams, and the saved ones. Each is a filter of
TicketFilterSet by name, so that what the desk shows is what the API and saved views can say."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from services.choices import Channel
from services.filtersets import TicketFilterSet, filter_data
from services.models import DeskView, Queue, Ticket
from services.operations.desk_order import DUE, NEWEST
from services.sql.capped_counts import capped_counts

# A count beyond it is shown as 99+.
MOST_COUNTED = 100
MOST_QUEUES = 30
FIRST = "mine"


@dataclass(frozen=True, slots=True)
class View:
    """A question asked of the tickets. `letter`: after g, it opens the view."""

    code: str
    name: str
    icon: str
    filters: dict[str, Any]
    order: str = NEWEST
    letter: str = ""
    empty: str = ""
    count: str = ""
    saved: int | None = None
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Views under one heading; the first group has none."""

    name: str
    views: list[View] = field(default_factory=list)


def groups_for(user: Any) -> list[Group]:
    """All views of this user, in the order of the desk. Three queries."""
    saved = list(DeskView.objects.visible_to(user))
    return [
        Group("", usual_views()),
        Group(_("Queues"), [_of_queue(queue) for queue in queues_of(user)[:MOST_QUEUES]]),
        Group(_("Shared views"), [_of_saved(view, user) for view in saved if view.owner_id is None]),
        Group(_("Your views"), [_of_saved(view, user) for view in saved if view.owner_id is not None]),
    ]


def usual_views() -> list[View]:
    """The questions of every desk."""
    unsolved = {"unsolved": True}
    return [
        View(
            "mine",
            _("Mine"),
            "person",
            {"mine": True, **unsolved},
            DUE,
            "m",
            _("You have no unsolved ticket. Take one from “Unassigned”."),
        ),
        View(
            "waiting",
            _("Waiting for me"),
            "mark_chat_unread",
            {"mine": True, "waiting": True},
            DUE,
            "w",
            _("No customer waits for your answer. Well done."),
        ),
        View(
            "chats",
            _("Chats waiting"),
            "forum",
            {"channel": Channel.CHAT.value, "waiting": True, **unsolved},
            DUE,
            "c",
            _("No visitor waits in a chat."),
        ),
        View(
            "breaching",
            _("Late now"),
            "timer_off",
            {"breaching": True},
            DUE,
            "b",
            _("Nothing is late. The promises are kept."),
        ),
        View(
            "unassigned",
            _("Unassigned"),
            "inbox",
            {"unassigned": True, **unsolved},
            NEWEST,
            "u",
            _("Every ticket has somebody who works on it."),
        ),
        View(
            "unsolved",
            _("All unsolved"),
            "stacks",
            unsolved,
            NEWEST,
            "a",
            _("There is no unsolved ticket. Open one with “New ticket”."),
        ),
    ]


def queues_of(user: Any) -> QuerySet[Queue]:
    """The queues whose tickets this user sees as a member of the team."""
    return Queue.objects.order_by("name") if user.sees_all_teams else Queue.objects.filter(team__in=user.team_ids)


def view_of(code: str, user: Any) -> View:
    """The view with this code; the first of the desk where there is none, or it is out of sight. One query at most."""
    kind, number = code[:1], code[1:]
    if number.isascii() and number.isdigit() and len(number) < 19:
        if kind == "q" and (queue := queues_of(user).filter(pk=int(number)).first()):
            return _of_queue(queue)
        if kind == "v" and (saved := DeskView.objects.visible_to(user).filter(pk=int(number)).first()):
            return _of_saved(saved, user)
    usual = {view.code: view for view in usual_views()}
    return usual.get(code, usual[FIRST])


def tickets_of(view: View, request: HttpRequest) -> QuerySet[Any]:
    """The tickets of a view that the user may see. A saved view that no longer fits the filters finds nothing."""
    user: Any = request.user
    rows = Ticket.objects.visible_to(user)
    filtered = TicketFilterSet(filter_data(view.filters), queryset=rows, request=request)
    return filtered.qs if filtered.is_valid() else rows.none()


def counted(groups: Iterable[Group], request: HttpRequest) -> list[Group]:
    """The groups with the number of tickets of each view, 99+ beyond that. One query for all; empty groups go."""
    groups = [group for group in groups if group.views]
    sets = {view.code: tickets_of(view, request) for group in groups for view in group.views}
    counts = capped_counts(sets, most=MOST_COUNTED)
    return [Group(group.name, [_with_count(view, counts[view.code]) for view in group.views]) for group in groups]


def _with_count(view: View, count: int) -> View:
    shown = f"{MOST_COUNTED - 1}+" if count >= MOST_COUNTED else str(count) if count else ""
    values = {name: getattr(view, name) for name in View.__slots__}
    return View(**{**values, "count": shown})


def _of_queue(queue: Queue) -> View:
    name = queue.name
    return View(
        f"q{queue.pk}",
        name,
        "tag",
        {"queue": queue.pk, "unsolved": True},
        empty=_("“%(queue)s” is empty: no ticket waits in it.") % {"queue": name},
    )


def _of_saved(view: DeskView, user: Any) -> View:
    return View(
        f"v{view.pk}",
        view.name,
        "filter_alt",
        view.filters,
        view.ordering or NEWEST,
        empty=_("No ticket fits this view now."),
        saved=view.pk,
        is_own=view.owner_id == user.pk,
    )


def searched(tickets: QuerySet[Any], text: str, request: HttpRequest) -> QuerySet[Any]:
    """The tickets that a search finds, among all that the user may see."""
    return TicketFilterSet({"q": text}, queryset=tickets, request=request).qs if text else tickets
