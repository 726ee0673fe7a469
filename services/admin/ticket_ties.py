"""What belongs together with a ticket, and the verbs that tie and untie."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import User
from services.admin.ticket_beside import Beside, LinkRow
from services.admin.tie_forms import INTO_OTHER, LinkForm, MergeForm, ParentForm, QueueForm, SolveProblemForm, TimeForm
from services.admin.tie_words import link_name
from services.choices import LinkKind, TicketStatus
from services.models import Ticket
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


def ties_of(ticket: Ticket, beside: Beside) -> dict[str, Any]:
    """What the page shows of others that belong to this ticket, as far as the user may see them."""
    parts = [_tie("parent", child, inverse=True) for child in beside.children]
    return {
        "ties": [*_above(ticket, beside), *map(_linked, beside.links), *parts],
        "unsolved_children": sum(child.is_unsolved for child in beside.children),
        "merges": beside.merges,
        "minutes_spent": beside.minutes,
        "time_entries": beside.entries,
    }


def _above(ticket: Ticket, beside: Beside) -> list[Tie]:
    found = []
    if ticket.merged_into_id in beside.above:
        before, after = _("Merged into %(number)s").split("%(number)s")
        found.append(Tie(before, after, beside.above[ticket.merged_into_id], "merged"))
    if ticket.parent_id in beside.above:
        found.append(_tie("parent", beside.above[ticket.parent_id], inverse=False))
    return found


def _linked(link: LinkRow) -> Tie:
    return _tie(link.kind, link.other, inverse=link.inverse, link=link.pk)


def _tie(kind: str, other: Ticket, *, inverse: bool, link: int | None = None) -> Tie:
    before, after = link_name(kind, inverse=inverse).split("%(number)s")
    return Tie(before, after, other, kind, inverse, link if kind in MADE_BY_HAND else None)


def tie_forms(ticket: Ticket, user: User, ties: list[Tie], queues: list[tuple[int, str]]) -> dict[str, Any]:
    """The forms that the ticket's status and the user's permissions allow. `queues`: where it may go."""
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
        "queue_form": QueueForm(initial={"to": ticket.queue_id}, choices=queues, **given)
        if ticket.is_unsolved
        else None,
        "problem_form": SolveProblemForm(**given)
        if "solve-problem" in may and ticket.is_unsolved and waiting
        else None,
        "may_split": "split" in may and not is_final,
    }
