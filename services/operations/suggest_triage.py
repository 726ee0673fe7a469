"""What an agent may be told of a ticket: a better queue, a service type, similar solved tickets, a macro. Each with how
sure that is and why. Nothing is done by itself."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from customers.models import User
from services.choices import Direction, MessageKind, TriageTarget
from services.models import Macro, Message, Queue, ServiceType, Ticket, TriageModel
from services.operations.learn_triage import first_bodies, first_words
from services.triage.classifier import Classifier, Reason
from services.triage.similar import Index, overlap

# Below it a suggestion would be wrong every other time.
SURE_ENOUGH = 0.5
MOST_SIMILAR = 5
# So many are looked at, since some are out of the user's sight.
LOOKED_AT = 200
ALIKE_ENOUGH = 0.2
MACRO_ALIKE_ENOUGH = 0.3


@dataclass(frozen=True, slots=True)
class Suggested:
    """A row (queue, service type, ticket, macro), how sure it is (0 to 1), and the words that speak for it. `source`:
    of a macro, the ticket whose answer reads like it."""

    row: Any
    share: float
    because: tuple[str, ...]
    source: Ticket | None = None

    @property
    def per_cent(self) -> int:
        """The share as people read it."""
        return round(100 * self.share)


@dataclass(frozen=True, slots=True)
class Triage:
    """All that is suggested for a ticket."""

    queue: Suggested | None
    service_type: Suggested | None
    similar: tuple[Suggested, ...]
    macro: Suggested | None

    def __bool__(self) -> bool:
        return bool(self.queue or self.service_type or self.similar or self.macro)


def suggest_triage(*, ticket: Ticket, user: User) -> Triage:
    """What is suggested to this user for a ticket in their sight; at most nine queries. Nothing for a ticket that is
    solved, nor what the ticket has already."""
    rows = TriageModel.objects.values_list("target", "pk", "learned_at") if ticket.is_unsolved else []
    learned = {target: (pk, at) for target, pk, at in rows}
    if not learned:
        return Triage(None, None, (), None)
    text = first_words(ticket.subject, first_bodies([ticket.pk]).get(ticket.pk, ""))
    similar = _similar(ticket, user, text, learned)
    return Triage(
        _label(TriageTarget.QUEUE, Queue, ticket.queue_id, text, learned),
        _label(TriageTarget.SERVICE_TYPE, ServiceType, ticket.service_type_id, text, learned),
        similar,
        _macro(user, similar, learned),
    )


def _label(
    target: TriageTarget, model: Any, current: int | None, text: str, learned: dict[str, Any]
) -> Suggested | None:
    if target not in learned:
        return None
    best = _loaded(target, learned[target], Classifier.from_bytes).suggest(text, most=1)
    if not best or best[0].probability < SURE_ENOUGH or best[0].label == str(current):
        return None
    row = model.objects.filter(pk=int(best[0].label)).first()
    return Suggested(row, best[0].probability, _words(best[0].because)) if row else None


def _similar(ticket: Ticket, user: User, text: str, learned: dict[str, Any]) -> tuple[Suggested, ...]:
    index = _index(learned)
    if index is None:
        return ()
    alike = [one for one in index.nearest(text, most=LOOKED_AT) if one.share >= ALIKE_ENOUGH and one.key != ticket.pk]
    rows = Ticket.objects.visible_to(user).in_bulk([one.key for one in alike])
    return tuple(Suggested(rows[one.key], one.share, _words(one.because)) for one in alike if one.key in rows)[
        :MOST_SIMILAR
    ]


def _macro(user: User, similar: tuple[Suggested, ...], learned: dict[str, Any]) -> Suggested | None:
    """The macro that reads most like what was answered to a similar ticket."""
    macros = list(Macro.objects.visible_to(user).filter(is_active=True, kind=MessageKind.REPLY).exclude(body=""))
    index = _index(learned)
    if not similar or not macros or index is None:
        return None
    idf = _weights(learned[TriageTarget.SIMILAR])
    answers = Message.objects.filter(
        ticket__in=[one.row.pk for one in similar], direction=Direction.OUTBOUND, is_automatic=False
    ).values_list("ticket", "body")
    of = {one.row.pk: one for one in similar}
    best = max(
        (
            (overlap(macro.body, body, idf=idf) * of[pk].share, macro, of[pk])
            for pk, body in answers
            for macro in macros
        ),
        key=lambda one: one[0],
        default=None,
    )
    if best is None or best[0] < MACRO_ALIKE_ENOUGH:
        return None
    share, macro, source = best
    return Suggested(macro, share, source.because, source.row)


def _words(reasons: tuple[Reason, ...]) -> tuple[str, ...]:
    return tuple(reason.word for reason in reasons)


def _index(learned: dict[str, Any]) -> Index | None:
    at = learned.get(TriageTarget.SIMILAR)
    return _loaded(TriageTarget.SIMILAR, at, Index.from_bytes) if at else None


@lru_cache(maxsize=8)
def _loaded(target: str, _learned: Any, read: Callable[[bytes], Any]) -> Any:
    """What was learned, kept in this process until it is learned anew."""
    content = TriageModel.objects.values_list("content", flat=True).get(target=target)
    return read(bytes(content))


@lru_cache(maxsize=2)
def _weights(learned: Any) -> dict[str, float]:
    index = _loaded(TriageTarget.SIMILAR, learned, Index.from_bytes)
    return dict(zip(index.words, index.idf.tolist(), strict=True))
