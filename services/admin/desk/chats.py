"""Chats on the desk: a card for each new one that waits, and how it stands with the visitor of the open ticket."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.formats import time_format
from django.utils.timesince import timesince
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from services.choices import Channel, NotificationKind
from services.models import ChatSession, Notification, Ticket

# A card goes by itself when somebody has answered, or taken it, or after so long.
SHOWN_FOR = timedelta(minutes=10)
MOST = 3
TYPES_FOR = timedelta(seconds=6)
# A stream is made anew every 25 seconds.
HERE_FOR = timedelta(seconds=45)
NOT_READ = ("name", "page")


def waiting_chats(user: Any, *, at: datetime) -> list[dict[str, Any]]:
    """The cards of a user, newest first. One query."""
    told = Notification.objects.visible_to(user).filter(
        Q(ticket__assignee=None) | Q(ticket__assignee__user=user),
        kind=NotificationKind.CHAT,
        read_at=None,
        at__gte=at - SHOWN_FOR,
        ticket__first_replied_at=None,
    )
    return [_card(row, at) for row in told.select_related("ticket__customer", "ticket__queue")[:MOST]]


def _card(row: Notification, at: datetime) -> dict[str, Any]:
    ticket: Any = row.ticket
    state = [_("New chat"), ticket.queue.name]
    if at - row.at >= timedelta(minutes=1):
        state.append(_("for %(time)s") % {"time": timesince(row.at, at, depth=1)})
    return {
        "id": row.pk,
        "icon": "forum",
        "state": " · ".join(state),
        "title": ticket.customer.name,
        "text": ticket.subject,
        "url": f"{reverse('admin:desk')}?ticket={ticket.pk}",
        "label": _("Open the chat"),
        "close_label": _("Put away"),
    }


def chats_of(ticket_id: int, channel: str) -> list[ChatSession]:
    """The chats that go on in a ticket, the newest last. One query for a ticket from a chat, none else."""
    if channel != Channel.CHAT:
        return []
    return list(ChatSession.objects.filter(ticket=ticket_id).defer(*NOT_READ).order_by("pk"))


def visitor_said(chats: list[ChatSession], *, at: datetime) -> list[str]:
    """“The visitor is typing …”, “The visitor has left (10:32)”: of the newest chat."""
    if not chats:
        return []
    chat = chats[-1]
    if chat.ended_at is not None:
        return [_("The visitor ended the chat (%(time)s)") % {"time": time_format(localtime(chat.ended_at))}]
    if chat.heard_at < at - HERE_FOR:
        return [_("The visitor has left (%(time)s)") % {"time": time_format(localtime(chat.heard_at))}]
    if chat.typing_at is not None and chat.typing_at >= at - TYPES_FOR:
        return [_("The visitor is typing …")]
    return [_("The visitor is in the chat")]


def is_live(chats: list[ChatSession], *, at: datetime) -> bool:
    """Whether the visitor is there, so that the desk asks more often."""
    return bool(chats) and chats[-1].ended_at is None and chats[-1].heard_at >= at - HERE_FOR


def chat_hint(ticket: Ticket, chats: list[ChatSession], *, at: datetime) -> str:
    """What the reply box says: where an answer goes."""
    if not chats:
        return ""
    if is_live(chats, at=at):
        return _("The visitor reads it in the chat.")
    if chats[-1].email is None:
        return _("The visitor has left and gave no e-mail address: they read it if they come back to the chat.")
    return _("The visitor has left: what they do not read in the chat goes to them by mail after five minutes.")
