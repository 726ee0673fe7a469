"""Learning what tickets are about from those that people sorted, and finding out how right that is. A job of every
night."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Job
from customers.operations.job_kinds import Clock, JobKind, Progress, register_job
from customers.operations.start_job import start_job
from services.choices import Direction, TicketStatus, TriageTarget
from services.models import Message, Ticket, TriageModel
from services.triage.classifier import TooLittleToLearn, learn
from services.triage.held_out import HeldOut, hold_out
from services.triage.similar import index

KIND = "triage"
# The newest solved tickets of two years: what they are about changes with what is sold.
LOOKED_BACK = timedelta(days=730)
MOST_TICKETS = 40_000
AT_ONCE = 1_000
# Of a text so much is read: what it is about is said in the beginning.
LONGEST_TEXT = 4_000
SORTED = (TicketStatus.SOLVED, TicketStatus.CLOSED)


@dataclass
class Sorted:
    """Solved tickets, the oldest first."""

    keys: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    queues: list[str] = field(default_factory=list)
    service_types: list[str] = field(default_factory=list)


def plan_triage(*, at: datetime) -> Job:
    """The one job of this day: made, or found."""
    today = timezone.localtime(at, timezone.get_default_timezone()).date()
    return start_job(kind=KIND, key=f"{KIND}:{today:%Y-%m-%d}", at=at)


def learn_triage(*, at: datetime, tell: Callable[..., None] = lambda *_so_far: None) -> dict[str, int]:
    """Learn queue and service type from the words of solved tickets, and index them so that similar ones are found.
    Returns how many tickets each was learned from; 0: there are too few, and what was known before is forgotten."""
    found = read_sorted(at=at, tell=tell)
    counts = {}
    for target, labels in ((TriageTarget.QUEUE, found.queues), (TriageTarget.SERVICE_TYPE, found.service_types)):
        tell(len(found.keys), len(found.keys), str(target.label))
        counts[target.value] = _learn(target, found, labels, at)
    content = index(found.keys, found.texts).to_bytes() if found.keys else b""
    _keep(TriageTarget.SIMILAR, content, len(found.keys), None, at)
    return {**counts, TriageTarget.SIMILAR.value: len(found.keys)}


def read_sorted(*, at: datetime, tell: Callable[..., None] = lambda *_so_far: None) -> Sorted:
    """The newest solved tickets with their words, AT_ONCE at a time."""
    since = at - LOOKED_BACK
    rows = Ticket.objects.filter(status__in=SORTED, created_at__gte=since).order_by("-pk")
    keys = sorted(rows.values_list("pk", flat=True)[:MOST_TICKETS])
    found = Sorted()
    for start in range(0, len(keys), AT_ONCE):
        _read(keys[start : start + AT_ONCE], found)
        tell(len(found.keys), len(keys))
    return found


def first_words(subject: str, body: str) -> str:
    """The text by which a ticket is judged."""
    return f"{subject}\n{body}"[:LONGEST_TEXT]


def first_bodies(keys: Sequence[int]) -> dict[int, str]:
    """What the customer wrote first, by ticket."""
    said = Message.objects.filter(ticket__in=keys, direction=Direction.INBOUND).order_by("ticket", "-at", "-pk")
    return dict(said.values_list("ticket", "body").iterator(chunk_size=2000))


def _read(keys: list[int], found: Sorted) -> None:
    bodies = first_bodies(keys)
    tickets = Ticket.objects.filter(pk__in=keys).order_by("pk")
    for pk, subject, queue, kind in tickets.values_list("pk", "subject", "queue", "service_type"):
        found.keys.append(pk)
        found.texts.append(first_words(subject, bodies.get(pk, "")))
        found.queues.append(str(queue))
        found.service_types.append(str(kind or ""))


def _learn(target: TriageTarget, found: Sorted, labels: list[str], at: datetime) -> int:
    """Labels are keys of rows; tickets without one teach nothing."""
    pairs = [(text, label) for text, label in zip(found.texts, labels, strict=True) if label]
    texts, given = [text for text, _label in pairs], [label for _text, label in pairs]
    try:
        content = learn(texts, given).to_bytes()
    except TooLittleToLearn:
        TriageModel.objects.filter(target=target).delete()
        return 0
    try:
        held: HeldOut | None = hold_out(texts, given)
    except TooLittleToLearn:
        held = None
    _keep(target, content, len(texts), held, at)
    return len(texts)


def _keep(target: TriageTarget, content: bytes, tickets: int, held: HeldOut | None, at: datetime) -> None:
    figures: dict[str, Any] = {
        name: getattr(held, name) if held else None for name in ("right", "among_three", "commonest", "off")
    }
    values = {"learned_at": at, "tickets": tickets, "content": content, **figures}
    TriageModel.objects.update_or_create(target=target, defaults=values)


def _run(_job: Job, progress: Progress, clock: Clock) -> dict[str, Any]:
    return dict(learn_triage(at=clock(), tell=progress))


def register_triage() -> None:
    """Make the kind of job known. Called once a process."""
    register_job(JobKind(KIND, _("Learning what tickets are about"), _run))
