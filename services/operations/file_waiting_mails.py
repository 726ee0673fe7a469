"""The loop that files mail: the rows are the queue, and whoever leases one works on it."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import QuerySet

from customers.choices import LeaseState
from customers.models import FREE, LeaseLost
from services.choices import MailOutcome
from services.models import InboundMail
from services.operations.file_mail import file_mail
from services.operations.give_up_mail import give_up_mail

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
# After each attempt that failed; the last is followed by giving up.
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
AT_ONCE = 200


def file_waiting_mails(*, at: datetime, most: int = AT_ONCE) -> int:
    """File the mail that waits, the oldest first; returns how many came to an end. One that cannot be filed keeps none
    of the others waiting. May be lost, doubled or run twice at once."""
    return sum(1 for _mail in _work(at, most))


def waiting_mails(*, at: datetime) -> "QuerySet[InboundMail]":
    """What may be filed now."""
    return InboundMail.objects.filter(FREE, outcome=MailOutcome.WAITING, due_at__lte=at).order_by("due_at", "pk")


def _work(at: datetime, most: int) -> Iterator[InboundMail]:
    tried = 0
    while tried < most:
        rows = list(waiting_mails(at=at).select_related("mailbox__queue__team")[:50])
        taken = 0
        for mail in rows:
            if mail.lease(LEASE):  # each when it comes to it: nobody holds what they do not work on
                taken += 1
                if _file(mail, at):
                    yield mail
        if not taken:  # none waits, or others are at them
            return
        tried += taken


def _file(mail: InboundMail, at: datetime) -> bool:
    try:
        if mail.attempts > mail.most_attempts:  # workers died of it
            give_up_mail(mail=mail, at=at)
        else:
            file_mail(mail=mail, at=at)
    except LeaseLost:
        return False
    except Exception as error:
        # Whatever it was, the others are not kept waiting by it. Texts of exceptions may hold what the mail holds.
        logger.error("mail %s was not filed: %s", mail.pk, type(error).__name__)
        return _try_later(mail, type(error).__name__[:100], at)
    return True


def _try_later(mail: InboundMail, error: str, at: datetime) -> bool:
    if mail.attempts <= len(WAITS):
        due_at = at + WAITS[mail.attempts - 1]
        mail.mine().update(state=LeaseState.TODO, lease_until=None, error=error, due_at=due_at)
        return False
    try:
        mail.error = error
        give_up_mail(mail=mail, at=at)
    except LeaseLost:
        return False
    except Exception as worse:
        logger.error("mail %s did not become a ticket either: %s", mail.pk, type(worse).__name__)
        mail.mine().update(
            state=LeaseState.FAILED, lease_until=None, outcome=MailOutcome.FAILED, error=error, filed_at=at
        )
    return True
