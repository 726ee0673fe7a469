"""The life of a ticket, as a table. Operations ask it, and the triggers of the database are written from it
(services/sql/status_triggers.py); nothing else decides."""

from django.utils.translation import gettext as _

from services.choices import TicketStatus as S

# from -> the statuses that a verb may move a ticket to
TRANSITIONS: dict[str, frozenset[str]] = {
    S.NEW: frozenset({S.OPEN, S.PENDING, S.ON_HOLD, S.SOLVED, S.MERGED}),
    S.OPEN: frozenset({S.PENDING, S.ON_HOLD, S.SOLVED, S.MERGED}),
    S.PENDING: frozenset({S.OPEN, S.ON_HOLD, S.SOLVED, S.MERGED}),
    S.ON_HOLD: frozenset({S.OPEN, S.PENDING, S.SOLVED, S.MERGED}),
    S.SOLVED: frozenset({S.OPEN, S.CLOSED, S.MERGED}),
    S.CLOSED: frozenset(),
    S.MERGED: frozenset(),
}

# Steps that one verb alone may take: the customer's reply within the grace of the queue, and the undo of a merge.
RESERVED: dict[str, frozenset[str]] = {
    S.CLOSED: frozenset({S.OPEN}),
    S.MERGED: frozenset({S.NEW, S.OPEN, S.PENDING, S.ON_HOLD, S.SOLVED}),
}


class IllegalTransition(Exception):
    """The table has no such step. Nothing was changed."""

    def __init__(self, status_from: str, status_to: str) -> None:
        self.status_from, self.status_to = status_from, status_to
        names = {"before": S(status_from).label.lower(), "after": S(status_to).label.lower()}
        super().__init__(_("A ticket that is %(before)s cannot become %(after)s.") % names)


def steps_from(status: str) -> frozenset[str]:
    """Every status that any verb may move such a ticket to."""
    return TRANSITIONS[status] | RESERVED.get(status, frozenset())


def require_transition(status_from: str, status_to: str, *, reserved: bool = False) -> None:
    """Raise IllegalTransition unless the table allows the step; `reserved`: to the verb that has steps of its own."""
    allowed = steps_from(status_from) if reserved else TRANSITIONS[status_from]
    if status_to not in allowed:
        raise IllegalTransition(status_from, status_to)
