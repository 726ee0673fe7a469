"""What an outsider asks of mail, telephone, rules and triage beside every address: a part of outsider.py."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils import timezone

from services.choices import NotificationKind
from services.models import Notification, PhoneCall, Ticket
from tests.security.matrix.asking import Viewer
from tests.security.matrix.rows import Rows, learned

TEMPLATE = {"event": "reply", "language": "en", "subject": "{ticket.subject}", "body": "{message.text}"}
TRIAL = {
    "trigger": "event",
    "events": ["opened"],
    "anchor": "opened",
    "minutes": "60",
    "days": "366",
    "conditions": '{"all": [], "any": []}',
    "actions": '[{"action": "set_priority", "priority": 4}]',
}


class Question(NamedTuple):
    """One request: an answer that shows a mark of the other team is wrong."""

    name: str
    path: str
    data: dict[str, Any]
    method: str = "get"


def channel_questions(otto: Viewer, rows: Rows) -> Iterator[Question]:
    """All of them; what they ask about is made first."""
    rings_for(otto, rows)
    learned()  # of the tickets of both teams
    named = Ticket.objects.get(pk=rows["ticket"]).number
    preview, trial = reverse("admin:services_mailtemplate_preview"), reverse("admin:services_rule_try")
    yield Question("template with another's ticket", preview, {**TEMPLATE, "ticket": named}, "post")
    yield Question("template with the newest ticket", preview, TEMPLATE, "post")
    yield Question("trial of a rule", trial, TRIAL, "post")
    yield Question("trial of a rule on time", trial, {**TRIAL, "trigger": "time"}, "post")
    yield Question("firings of a rule", reverse("admin:services_rule_change", args=[rows["rule"]]), {})
    yield Question("calls that ring", reverse("admin:desk_pulse"), {})
    call = reverse("admin:desk_call")
    yield Question("call of another's customer", call, {"customer": rows["customer"]})
    yield Question("call of another", call, {"call": rows["phonecall"]})
    rang = PhoneCall.objects.get(call_id="rings").pk
    yield Question("call of another's customer that rang here", call, {"call": rang})


def rings_for(otto: Viewer, rows: Rows) -> None:
    """A customer of the other team calls, and the outsider's telephone rings as well as that of one of theirs."""
    at = timezone.now()
    for call_id, user in (("rings", otto.user.pk), ("rings elsewhere", rows["user"])):
        call = PhoneCall.objects.create(
            call_id=call_id,
            number="+44" if user == otto.user.pk else "Quagga",
            customer_id=rows["customer"],
            began_at=at,
        )
        Notification.objects.create(user_id=user, call=call, kind=NotificationKind.CALL, key=call_id, at=at)
