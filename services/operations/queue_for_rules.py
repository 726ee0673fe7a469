from collections.abc import Sequence
from datetime import datetime

from services.choices import EventKind, RuleTrigger
from services.models import Rule, TicketEvent, WaitingEvent


def queue_for_rules(*, events: Sequence[TicketEvent], at: datetime) -> int:
    """Leave new events for the rules that wait for such, in the transaction that wrote them: so none is lost, however
    transactions overlap. Without such a rule nothing is written. Returns how many were left."""
    kinds = {event.kind for event in events} - {EventKind.RULE}
    if not kinds:
        return 0
    asked = Rule.objects.filter(is_active=True, trigger=RuleTrigger.EVENT).values_list("events", flat=True)
    wanted = kinds & {kind for listed in asked for kind in listed}
    waiting = [
        WaitingEvent(event=event, ticket_id=event.ticket_id, due_at=at) for event in events if event.kind in wanted
    ]
    WaitingEvent.objects.bulk_create(waiting)
    return len(waiting)
