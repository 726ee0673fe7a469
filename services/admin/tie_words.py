"""What tied a ticket to others, and what else happened to it, in the words of its history. Each tells of the other
ticket by its number."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from services.choices import EventKind, LinkKind, SLAClock

# link, read from the other end -> what to say; "parent" is no LinkKind: a column of the ticket
Said = dict[tuple[str, bool], Any]


def tie_in_words(kind: str, data: dict[str, Any]) -> str:
    """What an event says of another ticket, of a queue or of time; "" where it tells nothing of the kind."""
    number = {"number": data.get("number", "")}
    match kind:
        case EventKind.MERGED if "into" in data:
            return _("Merged into %(number)s") % number
        case EventKind.MERGED if "gone" in data:
            return _("%(number)s was merged into this ticket") % number
        case EventKind.UNMERGED if "into" in data:
            return _("No longer merged into %(number)s") % {"number": data.get("number", "")}
        case EventKind.UNMERGED if "gone" in data:
            return _("%(number)s is a ticket of its own again") % number
        case EventKind.SPLIT if "other" in data:
            return _("A message was split off and is %(number)s") % number
        case EventKind.LINKED if "link" in data:
            return link_name(data["link"], inverse=bool(data.get("inverse"))) % number
        case EventKind.UNLINKED if "link" in data:
            words = link_name(data["link"], inverse=bool(data.get("inverse"))) % number
            return _("No longer: %(what)s") % {"what": words}
        case EventKind.TIME_SPENT if "minutes" in data:
            return minutes_said(data["minutes"])
        case EventKind.WARNED | EventKind.ESCALATED if "clock" in data:
            name = clock_name(data["clock"])
            return f"{EventKind(kind).label}: {name}"
    return ""


def link_name(link: str, *, inverse: bool) -> str:
    """A link as it reads from one of its ends, with a place for the number of the other."""
    said: Said = {
        (LinkKind.RELATED, False): _("Related to %(number)s"),
        (LinkKind.RELATED, True): _("Related to %(number)s"),
        (LinkKind.INCIDENT, False): _("Incident of %(number)s"),
        (LinkKind.INCIDENT, True): _("Problem behind %(number)s"),
        (LinkKind.FOLLOW_UP, False): _("Follows up %(number)s"),
        (LinkKind.FOLLOW_UP, True): _("Followed up by %(number)s"),
        (LinkKind.SPLIT, False): _("Split off from %(number)s"),
        (LinkKind.SPLIT, True): _("%(number)s was split off"),
        ("parent", False): _("Part of %(number)s"),
        ("parent", True): _("%(number)s is a part of this ticket"),
    }
    return str(said.get((link, inverse), _("Linked with %(number)s")))


def clock_name(clock: Any) -> str:
    """A clock within a sentence."""
    names = {SLAClock.FIRST_REPLY: _("first reply"), SLAClock.NEXT_REPLY: _("next reply")}
    return names.get(clock, _("resolution"))


def minutes_said(minutes: int) -> str:
    """Time that was put down, or taken back."""
    if minutes < 0:
        text = ngettext("%(number)d minute taken back", "%(number)d minutes taken back", -minutes)
        return text % {"number": -minutes}
    return ngettext("%(number)d minute spent", "%(number)d minutes spent", minutes) % {"number": minutes}
