"""The life of a ticket as one would tell it on paper: no database, no product code but the vocabulary. A verb either
changes what is here or is refused with the code that the API gives the refusal."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

CLOSES_AFTER, REOPENS_WITHIN = timedelta(days=7), timedelta(days=14)
UNSOLVED = ("new", "open", "pending", "on_hold")
# status -> the moves that it allows
MOVES = {
    "new": {"open", "pending", "on_hold", "solved"},
    "open": {"pending", "on_hold", "solved"},
    "pending": {"open", "on_hold", "solved"},
    "on_hold": {"open", "pending", "solved"},
    "solved": {"open", "closed"},
    "closed": set(),
    "merged": set(),
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

    now: datetime
    status: str = "new"
    version: int = 1
    assignee: str | None = None
    priority: int = 2
    rating: int | None = None
    said: list[int] = field(default_factory=lambda: [0])  # by which merge each message came; 0: said here
    reopened: int = 0
    queue: str = "first"
    minutes: int = 0
    minutes_away: int = 0
    swallowed: list[int] = field(default_factory=list)  # merges into this one that stand
    merges: int = 0
    before_merge: str = ""  # the status to which the undo of the merge into another leads back
    away: list[int] = field(default_factory=list)  # what the other has of it meanwhile
    solved_at: datetime | None = None
    closed_at: datetime | None = None
    followed: bool = False

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
        self._say()

    def note(self, *, is_stale: bool) -> None:
        """Write for colleagues."""
        self._seen(is_stale)
        self._not_closed()
        self._say()

    def receive(self, *, is_stale: bool) -> None:
        """Hear from the customer: what is written to a merged ticket goes to the one that was kept, and what comes
        after the grace of a closed one to the one that follows it."""
        if self.status == "merged":
            return
        self._seen(is_stale)
        if self.closed_at is not None and self.now > self.closed_at + REOPENS_WITHIN:
            self.version += not self.followed  # the link
            self.followed = True
            return
        if self.status in WAKES:
            self._become("open")
        self._say()

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

    def move_queue(self, to: str, *, is_stale: bool) -> None:
        """Go to another queue while unsolved."""
        self._seen(is_stale)
        self._not_closed()
        if self.status not in UNSOLVED:
            raise Refused("ticket_is_solved")
        if to != self.queue:
            self.queue = to
            self.version += 1

    def assign_by_rules(self, *, is_stale: bool) -> None:
        """The one rule gives what is in the second queue to Eve; else it stays with whoever has it."""
        self._seen(is_stale)
        self._not_closed()
        if self.queue == "second":
            self.assignee = "eve"
        self.version += 1

    def add_time(self, minutes: int, *, is_stale: bool) -> None:
        """Put down time, also after it was closed."""
        self._seen(is_stale)
        if self.status == "merged":
            raise Refused("ticket_is_final")
        self.minutes += minutes
        self.version += 1

    def split(self, *, is_stale: bool) -> None:
        """Lose the newest message to a ticket of its own: one step for the split, one for the link."""
        self._seen(is_stale)
        self._not_closed()
        if len(self.said) < 2:
            raise Refused("nothing_would_be_left")
        self.said.pop()
        self.version += 2

    def swallow(self, *, is_stale: bool) -> None:
        """Take in another ticket, with its one message."""
        self._seen(is_stale)
        self._not_closed()
        self.merges += 1
        self.swallowed.append(self.merges)
        self.said.append(self.merges)
        self.version += 1

    def give_back(self) -> None:
        """Undo the newest merge into this one: its message goes back, where nobody split it off."""
        if self.status == "merged":
            raise Refused("cannot_unmerge")
        gone = self.swallowed.pop()
        self.said = [one for one in self.said if one != gone]
        self.version += 1

    def go_into_another(self) -> None:
        """Be merged, with all that was said."""
        if self.status in ("closed", "merged"):
            raise Refused("illegal_transition")
        self.before_merge, self.status = self.status, "merged"
        self.said, self.away = [], self.said
        self.minutes_away, self.minutes = self.minutes, 0
        self.version += 1

    def come_back(self) -> None:
        """Undo that."""
        self.status = self.before_merge
        self.said = self.away
        self.minutes = self.minutes_away
        self.version += 1

    def pass_time(self, time: timedelta, *, priority: int) -> None:
        """Let time pass, and the beat do what is due: what was solved for long closes, what waits for an agent is
        given away by the rule. Whether a target was missed is told by the clocks: then the priority rose by one."""
        self.now += time
        assert priority in (self.priority, self.priority + 1)
        if priority != self.priority:
            assert self.status in UNSOLVED
            self.priority = priority
            self.version += 1
        if self.status == "solved" and self.solved_at is not None and self.now >= self.solved_at + CLOSES_AFTER:
            self._become("closed")
            self.version += 1
        if self.status in UNSOLVED and self.assignee is None and self.queue == "second":
            self.assignee = "eve"
            self.version += 1

    def _say(self) -> None:
        self.said.append(0)
        self.version += 1

    def _seen(self, is_stale: bool) -> None:
        if is_stale:
            raise Refused("stale")

    def _not_closed(self) -> None:
        if self.status in ("closed", "merged"):
            raise Refused("ticket_is_final")

    def _may_become(self, status: str) -> None:
        if status not in MOVES[self.status]:
            raise Refused("illegal_transition")

    def _become(self, status: str) -> None:
        if self.status not in UNSOLVED and status in UNSOLVED:
            self.reopened += 1
        if status == "solved":
            self.solved_at = self.now
        self.closed_at = self.now if status == "closed" else None
        self.status = status
