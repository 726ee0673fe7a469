"""The life of a ticket, as a table. Operations ask it; nothing else decides."""

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


class IllegalTransition(Exception):
    """The table has no such step. Nothing was changed."""

    def __init__(self, status_from: str, status_to: str) -> None:
        self.status_from, self.status_to = status_from, status_to
        names = {"before": S(status_from).label.lower(), "after": S(status_to).label.lower()}
        super().__init__(_("A ticket that is %(before)s cannot become %(after)s.") % names)


def require_transition(status_from: str, status_to: str) -> None:
    """Raise IllegalTransition unless the table allows the step."""
    if status_to not in TRANSITIONS[status_from]:
        raise IllegalTransition(status_from, status_to)
