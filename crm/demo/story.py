"""How a ticket goes: the steps of its life as a plan, and the plan played into events and messages."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from crm.demo.staff import Colleague
from crm.demo.talk import Talk
from services.choices import Direction, EventKind, MessageKind, TicketStatus
from services.operations.records import EventRecord, MessageRecord
from services.sla.business_time import BusinessHours

# how tickets go: answered at once; a question back; something to wait for; both; a longer exchange
SHAPES = {"direct": 36, "ask": 30, "hold": 13, "ask hold": 9, "long": 12}
# which of them holds a ticket that is in this status now
SHAPES_NOW = {
    TicketStatus.NEW: ("direct",),
    TicketStatus.OPEN: ("long", "ask"),
    TicketStatus.PENDING: ("ask", "long"),
    TicketStatus.ON_HOLD: ("hold", "ask hold"),
}
CLOSES_AFTER = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens. verb: opened, wrote, auto, assigned, replied, noted, moved."""

    at: datetime
    verb: str
    text: str = ""
    by: Colleague | None = None
    to: str = ""  # the status it moves the ticket to


@dataclass(frozen=True, slots=True)
class Case:
    """What a story needs to know: the pace (below 1 is faster than promised), who works on it, when."""

    opened_at: datetime
    hours: BusinessHours
    targets: tuple[int, int, int]  # minutes of business time: first reply, next reply, resolution
    reply_pace: float
    work_pace: float
    reopens: float  # the chance that it comes back
    agent: Colleague
    dispatcher: Colleague
    has_auto_reply: bool
    talk: Talk


@dataclass(slots=True)
class Played:
    """A ticket's history so far."""

    events: list[EventRecord] = field(default_factory=list)
    messages: list[MessageRecord] = field(default_factory=list)
    status: str = TicketStatus.NEW
    assignee: str = ""
    solved_at: datetime | None = None
    reopened: int = 0


def plan(rng: Random, case: Case, *, shape: str) -> Iterator[Step]:
    """All steps of a ticket's life in order, from the first message until it is closed."""
    talk, agent = case.talk, case.agent
    first, following, resolution = (minutes * 60.0 for minutes in case.targets)
    yield Step(case.opened_at, "opened", talk.opening())
    if case.has_auto_reply:
        yield Step(case.opened_at + timedelta(seconds=rng.randrange(20, 90)), "auto", talk.auto())
    wait = max(90.0, first * case.reply_pace)
    yield Step(case.hours.add(case.opened_at, wait * rng.uniform(0.05, 0.6)), "assigned", by=case.dispatcher)
    at = case.hours.add(case.opened_at, wait)
    slow = case.reply_pace > 1.3
    if slow and rng.random() < 0.5:
        yield Step(case.opened_at + (at - case.opened_at) * 0.7, "wrote", talk.nudge())
    if rng.random() < 0.18:
        yield Step(at - timedelta(seconds=40), "noted", talk.note(), agent)
    work = max(600.0, resolution * case.work_pace - wait)
    if shape in ("hold", "long"):
        yield Step(at, "replied", talk.agent("working", agent=agent.name, sorry=slow), agent)
        at = case.hours.add(at, work * 0.3)
    if "ask" in shape or shape == "long":
        yield Step(at, "replied", talk.agent("asks", agent=agent.name, sorry=slow), agent, TicketStatus.PENDING)
        at += timedelta(hours=min(rng.lognormvariate(2.2, 1.0), 240), minutes=10)
        yield Step(at, "wrote", talk.customer("answers"))
        at = case.hours.add(at, max(120.0, following * case.reply_pace * rng.uniform(0.5, 1.2)))
    if "hold" in shape:
        yield Step(at, "noted", talk.note(holding=True), agent)
        at += timedelta(seconds=30)
        yield Step(at, "moved", by=agent, to=TicketStatus.ON_HOLD)
        at = case.hours.add(at + timedelta(days=rng.uniform(1, 6)), 60)
        yield Step(at, "moved", by=agent, to=TicketStatus.OPEN)
        at = case.hours.add(at, work * 0.2)
    if shape == "long":
        yield Step(at, "wrote", talk.nudge())
        at = case.hours.add(at, work * 0.4)
    if shape != "direct":
        at = case.hours.add(at, work * 0.3)
    yield from _ending(rng, case, at, sorry=slow, returns=shape != "long" and rng.random() < case.reopens)


def _ending(rng: Random, case: Case, at: datetime, *, sorry: bool, returns: bool) -> Iterator[Step]:
    """The solution, perhaps thanks; it may come back once, and is closed two weeks after the last solution."""
    talk, agent = case.talk, case.agent
    yield Step(at, "replied", talk.agent("solutions", agent=agent.name, sorry=sorry), agent)
    if rng.random() < 0.35:
        at += timedelta(minutes=rng.uniform(5, 600))
        yield Step(at, "wrote", talk.thanks())
    at += timedelta(minutes=rng.uniform(1, 15))
    yield Step(at, "moved", by=agent, to=TicketStatus.SOLVED)
    if returns:
        at += timedelta(days=rng.uniform(0.5, 10))
        yield Step(at, "wrote", talk.customer("reopened"))
        at = case.hours.add(at, max(300.0, case.targets[1] * 60 * case.reply_pace))
        yield Step(at, "replied", talk.agent("solutions", agent=agent.name, sorry=True), agent)
        at = case.hours.add(at, 1200)
        yield Step(at, "moved", by=agent, to=TicketStatus.SOLVED)
    yield Step(at + CLOSES_AFTER, "moved", to=TicketStatus.CLOSED)


def play(steps: list[Step], *, agent: Colleague) -> Played:
    """The events and messages of these steps, as the verbs of the service desk would have written them."""
    played = Played()
    for step in steps:
        _PLAY[step.verb](played, step, agent)
    return played


def until(steps: list[Step], status: str, *, agent: Colleague) -> list[Step]:
    """The beginning of a life, cut off where the ticket is last in this status before it is first solved."""
    best = 1
    for count in range(1, len(steps) + 1):
        reached = play(steps[:count], agent=agent).status
        if reached == TicketStatus.SOLVED:
            break
        if reached == status:
            best = count
    return steps[:best]


def _event(played: Played, kind: str, step: Step, status: str = "", **data: str) -> None:
    played.status = status or played.status
    played.events.append(EventRecord(kind, step.at, played.status, step.by.username if step.by else "", data))


def _message(played: Played, step: Step, direction: str, **more: object) -> None:
    by = step.by.username if step.by else ""
    kind = MessageKind.NOTE if direction == Direction.INTERNAL else MessageKind.REPLY
    played.messages.append(
        MessageRecord(step.text, step.at, kind, direction, by, is_automatic=bool(more.get("is_automatic")))
    )


def _opened(played: Played, step: Step, agent: Colleague) -> None:
    _event(played, EventKind.OPENED, step)
    _message(played, step, Direction.INBOUND)


def _wrote(played: Played, step: Step, agent: Colleague) -> None:
    _event(played, EventKind.CUSTOMER_MESSAGE, step)
    _message(played, step, Direction.INBOUND)
    if played.status == TicketStatus.SOLVED:
        played.reopened += 1
        _event(played, EventKind.REOPENED, step, TicketStatus.OPEN)
    elif played.status in (TicketStatus.PENDING, TicketStatus.ON_HOLD):
        _event(played, EventKind.STATUS, step, TicketStatus.OPEN)


def _auto(played: Played, step: Step, agent: Colleague) -> None:
    _event(played, EventKind.AUTO_REPLY, step)
    _message(played, step, Direction.OUTBOUND, is_automatic=True)


def _assigned(played: Played, step: Step, agent: Colleague) -> None:
    played.assignee = agent.username
    _event(played, EventKind.ASSIGNED, step, name=agent.name)


def _replied(played: Played, step: Step, agent: Colleague) -> None:
    _event(played, EventKind.AGENT_REPLY, step)
    _message(played, step, Direction.OUTBOUND)
    wanted = step.to or (TicketStatus.OPEN if played.status == TicketStatus.NEW else "")
    if wanted and wanted != played.status:
        _event(played, EventKind.STATUS, step, wanted)


def _noted(played: Played, step: Step, agent: Colleague) -> None:
    _event(played, EventKind.NOTE, step)
    _message(played, step, Direction.INTERNAL)


def _moved(played: Played, step: Step, agent: Colleague) -> None:
    if step.to != played.status:
        _event(played, EventKind.STATUS, step, step.to)
    if step.to == TicketStatus.SOLVED:
        played.solved_at = step.at


_PLAY = {
    "opened": _opened,
    "wrote": _wrote,
    "auto": _auto,
    "assigned": _assigned,
    "replied": _replied,
    "noted": _noted,
    "moved": _moved,
}
