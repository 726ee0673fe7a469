"""What the page asks for by itself every few seconds: has anything changed, who else is there."""

from datetime import datetime
from typing import Any

from django.db.models import Subquery
from django.http import HttpRequest, HttpResponse, JsonResponse

from services.admin.desk.access import at_the_desk, ticket_in_sight, unremembered
from services.admin.desk.bell import shown_count, unread_kinds
from services.admin.desk.chats import chats_of, is_live, visitor_said, waiting_chats
from services.admin.desk.page import asked_key
from services.admin.desk.ringing import ringing
from services.admin.desk.ticket_column import here
from services.choices import Channel, NotificationKind, PresenceMode
from services.models import Ticket, TicketEvent
from services.operations.forget_presence import forget_presence
from services.operations.note_chat_read import note_agent_read
from services.operations.note_presence import note_presence
from services.operations.read_notifications import read_notifications

GONE = "gone"


@at_the_desk("GET")
@unremembered
def pulse(request: HttpRequest, *, at: datetime) -> HttpResponse:
    """What the desk looks like now, in a few words: 204 where the browser has seen just that (?seen=). Three queries:
    the open ticket with the newest event of all, who is there, and what is unread;
    two more while a call rings, and one each while a new chat waits and for the visitor of an open chat.

    The newest event is any team's: it may let the browser ask for a list that has not changed, and tells nothing
    more than that somebody somewhere works."""
    user: Any = request.user
    key = asked_key(request.GET.get("ticket"))
    token, others, live, read = "", [], False, 0
    events = TicketEvent.objects.order_by("-pk").values_list("pk", flat=True)[:1]
    tickets = Ticket.objects.visible_to(user).filter(pk=key or 0).annotate(newest=Subquery(events))
    row = tickets.values_list("pk", "version", "newest", "channel").first() if key else None
    if row is not None:
        token, newest = str(row[1]), row[2]
        chats = chats_of(row[0], row[3])
        others = visitor_said(chats, at=at) + here(row[0], user, at=at)
        live, read = is_live(chats, at=at), max((chat.seen_line for chat in chats), default=0)
    else:
        newest = events.first()
    kinds = unread_kinds(user)
    unread = shown_count(len(kinds))
    calls = ringing(user, at=at) if NotificationKind.CALL in kinds else []
    if NotificationKind.CHAT in kinds:
        calls = waiting_chats(user, at=at) + calls
    found = {"ticket": token, "here": others, "live": live, "read": read, "desk": newest or 0, "unread": unread}
    cards = [f"{call['id']}{call['state']}" for call in calls]
    mark = "|".join([token, *others, f"{live} {read}", str(newest), unread, *cards])
    if request.GET.get("seen") == mark:
        return HttpResponse(status=204)
    return JsonResponse({**found, "calls": calls, "seen": mark})


@at_the_desk("POST")
@unremembered
def presence(request: HttpRequest, pk: int, *, at: datetime) -> HttpResponse:
    """The user looks at the ticket, types, or has gone. Who looks has read what they were told of it."""
    ticket = ticket_in_sight(request, pk)
    user: Any = request.user
    mode = request.POST.get("mode", "")
    if mode == GONE:
        forget_presence(ticket=ticket, user=user)
    elif mode in PresenceMode.values:
        note_presence(ticket=ticket, user=user, mode=PresenceMode(mode), at=at)
        read_notifications(user=user, ticket=ticket, at=at)
        if ticket.channel == Channel.CHAT:
            note_agent_read(ticket=ticket, at=at)
    else:
        return HttpResponse(status=422)
    return HttpResponse(status=204)
