"""The life of a ticket as one would tell it on paper: no database, no product code but the vocabulary. A verb either
changes what is here or is refused with the code that the API gives the refusal."""

from dataclasses import dataclass

UNSOLVED = ("new", "open", "pending", "on_hold")
# status -> the moves that it allows
MOVES = {
    "new": {"open", "pending", "on_hold", "solved"},
    "open": {"pending", "on_hold", "solved"},
    "pending": {"open", "on_hold", "solved"},
    "on_hold": {"open", "pending", "solved"},
    "solved": {"open", "closed"},
    "closed": set(),
}
VERBS = {"pend": "pending", "hold": "on_hold", "solve": "solved", "reopen": "open", "close": "closed"}
# A customer's reply opens these again; a closed one within the grace of its queue, in which all of this happens.
WAKES = ("pending", "on_hold", "solved", "closed")


class Refused(Exception):
    """Nothing was changed."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass
class Life:
    """A ticket. `assignee` is a name."""

    status: str = "new"
    version: int = 1
    assignee: str | None = None
    priority: int = 2
    rating: int | None = None
    said: int = 1  # messages; the first opened it
    reopened: int = 0

    def assign(self, to: str | None, by: str, *, is_stale: bool) -> None:
        """Give it to somebody or nobody. Who takes what another has is told so, whatever they have seen."""
        if to == by and self.assignee not in (None, by):
            raise Refused("already_taken")
        self._seen(is_stale)
        self._not_closed()
        if to != self.assignee:
            self.assignee = to
            self.version += 1

    def reply(self, then: str | None, *, is_stale: bool) -> None:
        """Answer the customer."""
        self._seen(is_stale)
        self._not_closed()
        after = then or ("open" if self.status == "new" else self.status)
        if after != self.status:
            self._may_become(after)
            self._become(after)
        self.said += 1
        self.version += 1

    def note(self, *, is_stale: bool) -> None:
        """Write for colleagues."""
        self._seen(is_stale)
        self._not_closed()
        self.said += 1
        self.version += 1

    def receive(self, *, is_stale: bool) -> None:
        """Hear from the customer."""
        self._seen(is_stale)
        if self.status in WAKES:
            self._become("open")
        self.said += 1
        self.version += 1

    def move(self, verb: str, *, is_stale: bool) -> None:
        """Pend, hold, solve, reopen, close."""
        self._seen(is_stale)
        self._may_become(VERBS[verb])
        self._become(VERBS[verb])
        self.version += 1

    def prioritise(self, to: int, *, is_stale: bool) -> None:
        """Change the priority of what is not solved."""
        self._seen(is_stale)
        self._not_closed()
        if self.status not in UNSOLVED:
            raise Refused("ticket_is_solved")
        if to != self.priority:
            self.priority = to
            self.version += 1

    def rate(self, value: int, *, is_stale: bool) -> None:
        """Hear what the customer thinks; the same again is nothing new."""
        self._seen(is_stale)
        if value != self.rating:
            self.rating = value
            self.version += 1

    def _seen(self, is_stale: bool) -> None:
        if is_stale:
            raise Refused("stale")

    def _not_closed(self) -> None:
        if self.status == "closed":
            raise Refused("ticket_is_final")

    def _may_become(self, status: str) -> None:
        if status not in MOVES[self.status]:
            raise Refused("illegal_transition")

    def _become(self, status: str) -> None:
        if self.status not in UNSOLVED and status in UNSOLVED:
            self.reopened += 1
        self.status = status
