"""What belongs together with a ticket, and the verbs that tie and untie."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import User
from services.admin.tie_forms import INTO_OTHER, LinkForm, MergeForm, ParentForm, QueueForm, SolveProblemForm, TimeForm
from services.admin.tie_words import link_name
from services.choices import EventKind, LinkKind, TicketStatus
from services.models import Ticket, TicketEvent, TicketLink
from services.operations.add_time import BadTime, add_time
from services.operations.bulk import Outcome
from services.operations.change_queue import change_queue
from services.operations.link_tickets import LinkRefused, link_tickets
from services.operations.merge_tickets import TicketsCannotMerge, merge_tickets
from services.operations.set_parent import ParentRefused, set_parent
from services.operations.solve_problem import incidents_of, solve_problem
from services.operations.split_ticket import NothingWouldBeLeft, split_ticket
from services.operations.ticket_change import FINAL
from services.operations.undo_ticket_merge import CannotUnmerge, undo_ticket_merge
from services.operations.unlink_tickets import unlink_tickets

REFUSALS = (BadTime, CannotUnmerge, LinkRefused, NothingWouldBeLeft, ParentRefused, TicketsCannotMerge)
ENTRIES_SHOWN = 10
TYING = {EventKind.LINKED, EventKind.UNLINKED, EventKind.SPLIT, EventKind.MERGED, EventKind.UNMERGED}
TIMING = {EventKind.TIME_SPENT, EventKind.MERGED, EventKind.UNMERGED}
MADE_BY_HAND = (LinkKind.RELATED, LinkKind.INCIDENT)  # all others say where a ticket comes from, and stay

# What each verb asks for beside the permission to change tickets.
NEEDS = {
    "merge": "services.add_ticketmerge",
    "unmerge": "services.change_ticketmerge",
    "link": "services.add_ticketlink",
    "unlink": "services.change_ticketlink",
    "split": "services.add_ticket",
    "time": "services.add_timeentry",
    "solve-problem": "services.add_message",
}


@dataclass(frozen=True, slots=True)
class Tie:
    """A line of the card: in words up to the number of the other ticket, which leads to it where it is in sight."""

    before: str
    after: str
    ticket: Ticket
    kind: str
    inverse: bool = False
    link: int | None = None  # the key of a link that may be taken away


def do_tie(verb: str, *, ticket: Ticket, user: User, given: dict[str, Any], at: datetime) -> str:
    """Do a verb of FORMS with what its valid form holds; returns what to tell. Raises what the operation raises,
    and PermissionDenied."""
    if not user.has_perm(NEEDS.get(verb, "services.change_ticket")):
        raise PermissionDenied
    common: dict[str, Any] = {"by": user, "at": at}
    version = {"expected_version": given["version"]}
    match verb:
        case "merge":
            return _merge(ticket, given, common)
        case "unmerge":
            ticket.require_version(given["version"])
            merge = undo_ticket_merge(merge=given["merge"], **common)
            return _("%(number)s is a ticket of its own again.") % {"number": merge.gone.number}
        case "link":
            link_tickets(from_ticket=ticket, to_ticket=given["other"], kind=given["kind"], **common, **version)
            return _("The tickets are linked.")
        case "unlink":
            ticket.require_version(given["version"])
            unlink_tickets(link=given["link"], **common)
            return _("The link is gone.")
        case "parent":
            set_parent(ticket=ticket, parent=given["other"], **common, **version)
            if given["other"] is None:
                return _("The ticket is a part of no other.")
            return _("The ticket is a part of %(number)s.") % {"number": given["other"].number}
        case "split":
            new = split_ticket(message=given["message"], subject=given["subject"], **common, **version)
            return _("The message is ticket %(number)s now.") % {"number": new.number}
        case "queue":
            change_queue(ticket=ticket, to=given["to"], **common, **version)
            return _("Moved to %(queue)s.") % {"queue": given["to"]}
        case "time":
            add_time(ticket=ticket, minutes=given["minutes"], note=given["note"], **common, **version)
            return _("The time is on record.")
    incidents = Ticket.objects.visible_to(user).filter(pk__in=incidents_of(ticket).values("pk"))
    return _solved(solve_problem(ticket=ticket, body=given["body"], incidents=incidents, **common, **version))


def _merge(ticket: Ticket, given: dict[str, Any], common: dict[str, Any]) -> str:
    other, across = given["other"], given["across_customers"]
    if given["direction"] == INTO_OTHER:
        merge_tickets(kept=other, gone=ticket, across_customers=across, gone_version=given["version"], **common)
        return _("This ticket was merged into %(number)s.") % {"number": other.number}
    merge_tickets(kept=ticket, gone=other, across_customers=across, expected_version=given["version"], **common)
    return _("%(number)s was merged into this ticket.") % {"number": other.number}


def _solved(outcomes: list[Outcome]) -> str:
    done = sum(outcome.refused is None for outcome in outcomes)
    text = ngettext("%(count)d ticket was answered and solved.", "%(count)d tickets were answered and solved.", done)
    refused = [f"{one.ticket.number}: {one.refused}" for one in outcomes if one.refused]
    return " ".join([text % {"count": done}, *refused])


def ties_of(ticket: Ticket, user: User, events: list[TicketEvent]) -> dict[str, Any]:
    """What the page shows of others that belong to this ticket, as far as the user may see them. A ticket whose history
    tells of no ties and no time costs no query."""
    kinds = {event.kind for event in events}
    links = _links(ticket) if kinds & TYING else []
    children, merges, entries = [], [], []
    visible = Ticket.objects.visible_to(user)
    if kinds & TYING:
        children = list(visible.filter(parent=ticket).order_by("pk"))
        merges = list(ticket.merges.filter(undone_at=None).select_related("gone").order_by("pk"))
    if kinds & TIMING:
        entries = list(ticket.time_entries.select_related("user").order_by("-at", "-pk"))
    ends = [pk for row in links for pk in (row.from_ticket_id, row.to_ticket_id)]
    others = {pk for pk in (*ends, ticket.parent_id, ticket.merged_into_id) if pk not in (None, ticket.pk)}
    seen = set(visible.filter(pk__in=others).values_list("pk", flat=True)) if others else set()
    shown = [row for row in links if {row.from_ticket_id, row.to_ticket_id} <= seen | {ticket.pk}]
    return {
        "ties": [*_ties(ticket, shown, seen), *(_tie("parent", child, inverse=True) for child in children)],
        "unsolved_children": sum(child.is_unsolved for child in children),
        "merges": merges,
        "minutes_spent": sum(entry.minutes for entry in entries),
        "time_entries": entries[:ENTRIES_SHOWN],
    }


def _links(ticket: Ticket) -> list[TicketLink]:
    mine = TicketLink.objects.filter(Q(from_ticket=ticket) | Q(to_ticket=ticket))
    return list(mine.select_related("from_ticket", "to_ticket").order_by("pk"))


def _ties(ticket: Ticket, links: list[TicketLink], seen: set[int]) -> list[Tie]:
    found = []
    if ticket.merged_into is not None and ticket.merged_into_id in seen:
        before, after = _("Merged into %(number)s").split("%(number)s")
        found.append(Tie(before, after, ticket.merged_into, "merged"))
    if ticket.parent is not None and ticket.parent_id in seen:
        found.append(_tie("parent", ticket.parent, inverse=False))
    for link in links:
        is_out = link.from_ticket_id == ticket.pk
        other = link.to_ticket if is_out else link.from_ticket
        found.append(_tie(link.kind, other, inverse=not is_out, link=link.pk))
    return found


def _tie(kind: str, other: Ticket, *, inverse: bool, link: int | None = None) -> Tie:
    before, after = link_name(kind, inverse=inverse).split("%(number)s")
    return Tie(before, after, other, kind, inverse, link if kind in MADE_BY_HAND else None)


def tie_forms(ticket: Ticket, user: User, ties: list[Tie]) -> dict[str, Any]:
    """The forms that the ticket's status and the user's permissions allow."""
    given: dict[str, Any] = {"ticket": ticket, "user": user}
    may = {verb for verb, permission in NEEDS.items() if user.has_perm(permission)}
    is_final, is_merged = ticket.status in FINAL, ticket.status == TicketStatus.MERGED
    incidents = [tie.ticket for tie in ties if tie.kind == LinkKind.INCIDENT and tie.inverse]
    waiting = ticket.is_unsolved and any(incident.is_unsolved for incident in incidents)
    return {
        "may_tie": may,
        "merge_form": MergeForm(**given) if "merge" in may and not is_final else None,
        "link_form": LinkForm(**given) if "link" in may and not is_merged else None,
        "parent_form": None if is_merged else ParentForm(initial={"other": ticket.parent or ""}, **given),
        "time_form": TimeForm(**given) if "time" in may and not is_merged else None,
        "queue_form": QueueForm(initial={"to": ticket.queue_id}, **given) if ticket.is_unsolved else None,
        "problem_form": SolveProblemForm(**given)
        if "solve-problem" in may and ticket.is_unsolved and waiting
        else None,
        "may_split": "split" in may and not is_final,
    }
