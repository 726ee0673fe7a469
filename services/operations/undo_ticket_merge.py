from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import User
from services.choices import EventKind, TicketStatus
from services.models import Ticket, TicketEvent, TicketMerge
from services.operations.move_between_tickets import children_of, move_back
from services.operations.refresh_clocks import CLOCK_COLUMNS
from services.operations.ticket_change import changing, lock_tickets
from services.transitions import require_transition


class CannotUnmerge(Exception):
    """This merge cannot be undone, or not now. Nothing was changed."""


@transaction.atomic
def undo_ticket_merge(*, merge: TicketMerge, by: User | None, at: datetime) -> TicketMerge:
    """Make two tickets of one again. What went over and still stands goes back; what came since stays with the ticket
    that was kept. The other has the status of before, and its clocks count as if it had never been away.

    Raises CannotUnmerge."""
    kept, gone = merge.kept, merge.gone
    lock_tickets(tickets=[kept, gone, *children_of(kept), *children_of(gone)])
    merge.refresh_from_db()
    _require_undoable(merge, kept, gone)
    with changing(ticket=kept, by=by, at=at) as into, changing(ticket=gone, by=by, at=at) as out:
        into.at = out.at = max(into.at, out.at)
        into.keep_breaches()
        move_back(merge.moved, gone=gone, kept=kept)
        kept.refresh_from_db(fields=["parent", "version"])
        TicketEvent.objects.filter(pk__in=merge.moved["events"], ticket=kept).delete()
        into.history[:] = list(kept.events.all())
        _forget_breaches(kept)
        require_transition(gone.status, merge.status_before, reserved=True)
        out.set(status=TicketStatus(merge.status_before), merged_into=None)
        out.record(EventKind.UNMERGED, merge=merge.pk, into=kept.pk, number=kept.number)
        into.record(EventKind.UNMERGED, merge=merge.pk, gone=gone.pk, number=gone.number)
    merge.undone_at, merge.undone_by = at, by
    merge.save(update_fields=["undone_at", "undone_by"])
    return merge


def _require_undoable(merge: TicketMerge, kept: Ticket, gone: Ticket) -> None:
    if merge.undone_at is not None:
        raise CannotUnmerge(_("This merge was undone before."))
    if kept.status == TicketStatus.MERGED:
        text = _("Ticket %(number)s was merged itself since. Undo that merge first.")
        raise CannotUnmerge(text % {"number": kept.number})
    if gone.status != TicketStatus.MERGED or gone.merged_into_id != kept.pk:
        raise CannotUnmerge(_("These two are not merged any more."))


def _forget_breaches(ticket: Ticket) -> None:
    """What was late with the other's messages alone: all else stands in the history by now."""
    for name in CLOCK_COLUMNS:
        if name.endswith("_breached_at"):
            setattr(ticket, name, None)
