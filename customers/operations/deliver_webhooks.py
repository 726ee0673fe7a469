import logging
import random
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import OperationalError, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from customers.choices import LeaseState, WebhookKind
from customers.encryption.cipher import CannotDecrypt
from customers.models import FREE, Webhook, WebhookAttempt, WebhookDelivery
from customers.models.webhook import OPEN
from customers.operations.check_webhook import allowed
from customers.operations.job_kinds import Clock
from customers.operations.note_outcome import note_outcome
from customers.operations.webhook_body import webhook_request
from customers.operations.webhook_events import settle
from customers.wire.addresses import Refused
from customers.wire.answers import refusal_code
from customers.wire.post import Answer, NotSent, post

logger = logging.getLogger(__name__)

# Longer than a look-up of the name and the whole exchange take together.
LEASE = timedelta(seconds=60)
# How long after the n-th failure the next try comes; after the last there is none.
BACK_OFF = tuple(timedelta(seconds=s) for s in (10, 60, 5 * 60, 30 * 60, 2 * 3600, 8 * 3600, 24 * 3600))
# So much more or less of it, so that what failed together does not come back together.
JITTER = 0.1
CANDIDATES = 16
MOST_WRITES = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one try. `problem` is empty where it was taken."""

    problem: str
    status: int | None = None
    text: str = ""
    duration_ms: int = 0


def deliver_webhooks(*, clock: Clock, most: int = 0) -> Iterator[WebhookDelivery]:
    """Take deliveries that are due and make them until none is left, or `most` were made; yields each.

    A process that dies in between leaves a lease that runs out: the same delivery, with the same id, is made again."""
    made = 0
    while (not most or made < most) and (delivery := _claim()):
        outcome = _try(delivery, clock())
        if not _write(delivery, outcome, clock()):
            logger.info("delivery %s was taken over", delivery.pk)
        made += 1
        yield delivery


def due_deliveries() -> Any:
    """What may be sent now, the longest due first: of webhooks that are neither off, paused nor held, and with nothing
    before it in its lane."""
    earlier = WebhookDelivery.objects.filter(
        webhook=OuterRef("webhook"), lane=OuterRef("lane"), pk__lt=OuterRef("pk"), state__in=OPEN
    )
    of_whom = Q(webhook__is_active=True, webhook__paused_at=None)
    not_held = Q(webhook__held_until=None) | Q(webhook__held_until__lte=Now())
    due = WebhookDelivery.objects.filter(FREE, due_at__lte=Now(), attempts__lt=WebhookDelivery.most_attempts)
    return due.filter(of_whom, not_held).filter(~Exists(earlier)).order_by("due_at", "pk")


def give_up_worn_out(*, at: datetime) -> int:
    """Call failed what so many workers died of; returns how many."""
    worn_out = WebhookDelivery.objects.filter(FREE, attempts__gte=WebhookDelivery.most_attempts)
    count = 0
    for delivery in worn_out[:100]:
        gone = WebhookDelivery.objects.filter(pk=delivery.pk, token=delivery.token, state__in=OPEN)
        with transaction.atomic():
            if gone.update(state=LeaseState.FAILED, settled_at=at, problem="its worker died each time"):
                delivery.state = LeaseState.FAILED
                settle(delivery, at)
                count += 1
    return count


def _claim() -> WebhookDelivery | None:
    while found := list(due_deliveries()[:CANDIDATES]):
        delivery: WebhookDelivery = random.choice(found)  # noqa: S311 - spreads claimers, guards nothing
        if _lease(delivery):
            return WebhookDelivery.objects.select_related("webhook").get(pk=delivery.pk)
    return None


def _lease(delivery: WebhookDelivery) -> bool:
    try:
        return delivery.lease(LEASE)
    except OperationalError:  # its lock crossed another worker's, which goes on
        if transaction.get_connection().in_atomic_block:
            raise
        return False


def _try(delivery: WebhookDelivery, at: datetime) -> Outcome:
    begun = time.monotonic()
    try:
        url, body, headers = webhook_request(delivery=delivery, at=at)
        answer = post(url, body, headers, allowed=allowed(), context=_context(settings.WEBHOOK_CA_FILE))
    except (Refused, NotSent) as error:
        return Outcome(str(error), duration_ms=_since(begun))
    except CannotDecrypt:
        return Outcome("its secret cannot be read: rotate it, and save the address and the headers anew")
    return Outcome(_objection(delivery, answer), answer.status, answer.text, _since(begun))


def _objection(delivery: WebhookDelivery, answer: Answer) -> str:
    if 300 <= answer.status < 400:
        return f"answered {answer.status}: redirects are not followed"
    if not answer.is_taken:
        return f"answered {answer.status}"
    if delivery.webhook.kind == WebhookKind.CHANNEL and (code := refusal_code(answer.text)):
        return f"refused with code {code}"
    return ""


def _write(delivery: WebhookDelivery, outcome: Outcome, at: datetime) -> bool:
    """Write down what came of a try. False: the delivery is another's by now. MariaDB rolls one of two workers back
    whose locks crossed: that one writes again, since to send again would be worse."""
    for more in range(MOST_WRITES, 0, -1):
        try:
            return _write_once(delivery, outcome, at)
        except OperationalError:
            if more == 1 or transaction.get_connection().in_atomic_block:
                raise
    return False


@transaction.atomic
def _write_once(delivery: WebhookDelivery, outcome: Outcome, at: datetime) -> bool:
    """Fence first; then the log, the webhook, and whoever waits for the outcome."""
    _lock_webhook(delivery.webhook_id)
    # By key alone, so that no lock is taken on the way through an index that other workers' rows stand in.
    WebhookDelivery.objects.select_for_update().filter(pk=delivery.pk).values_list("pk").first()
    told = {"status": outcome.status, "duration_ms": outcome.duration_ms, "problem": outcome.problem}
    if not delivery.mine().update(**told, **_next(delivery, outcome, at)):
        return False
    delivery.refresh_from_db()
    WebhookAttempt.objects.create(delivery=delivery, at=at, answer=outcome.text, **told)
    if delivery.state == LeaseState.TODO:  # those behind it need not be looked at before
        behind = WebhookDelivery.objects.filter(webhook=delivery.webhook_id, lane=delivery.lane, pk__gt=delivery.pk)
        behind.filter(state=LeaseState.TODO, due_at__lt=delivery.due_at).update(due_at=delivery.due_at)
    else:
        settle(delivery, at)
    note_outcome(webhook_id=delivery.webhook_id, problem=outcome.problem, at=at)
    return True


def _lock_webhook(pk: int) -> None:
    """Wait for whoever else notes an outcome of it. MariaDB shares the row's lock for the foreign key of a delivery
    that changes: two that share it, and then both want it for themselves, would roll each other back. PostgreSQL goes
    on taking new deliveries of it meanwhile."""
    no_key = transaction.get_connection().features.has_select_for_no_key_update
    Webhook._base_manager.select_for_update(no_key=no_key).filter(pk=pk).values_list("pk").first()


def _next(delivery: WebhookDelivery, outcome: Outcome, at: datetime) -> dict[str, Any]:
    if not outcome.problem:
        return {"state": LeaseState.DONE, "settled_at": at, "content": None}
    if delivery.attempts > len(BACK_OFF):
        return {"state": LeaseState.FAILED, "settled_at": at}
    spread = random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - spreads tries, guards nothing
    return {"state": LeaseState.TODO, "due_at": Now() + BACK_OFF[delivery.attempts - 1] * spread}


def _since(begun: float) -> int:
    return int(1000 * (time.monotonic() - begun))


@lru_cache(maxsize=4)
def _context(ca_file: str) -> ssl.SSLContext:
    """The authorities of this machine and, where one is set, those of the file."""
    context = ssl.create_default_context()
    if ca_file:
        context.load_verify_locations(ca_file)
    return context
