import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from django.db import transaction
from django.db.models import F, Q

from customers.choices import LeaseState
from customers.encryption.cipher import CannotDecrypt
from customers.models import FREE, LeaseLost
from services.choices import DeliveryStatus, MailPurpose
from services.mail.smtp import Connection, ConnectionBroke, MailboxTrouble, MailRefused
from services.models import Mailbox, OutboundMail
from services.operations.compose_mail import BadAddress, compose_mail
from services.operations.fail_mail import fail_mail
from services.operations.mail_access import smtp_server
from services.operations.say_delivery import say_delivery

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]
# Longer than a server may take for one mail: each of its answers is waited for a minute at most.
LEASE = timedelta(minutes=10)
# Before the second try, the third ...
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480))
# While a mailbox does not work, it is tried so often; its mail waits, and no try is counted.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 30))
WAITS_FOR_MAILBOX = timedelta(days=3)
# Then it is another mailbox's turn.
MAILS_AT_ONCE, SECONDS_AT_ONCE = 100, 60
# A connection that breaks so often in a row is the server's fault, not that of a mail.
MOST_BREAKS = 2


@dataclass
class Delivered:
    """How many mails were sent, failed for good, and will be tried again."""

    sent: int = 0
    failed: int = 0
    delayed: int = 0

    @property
    def tried(self) -> int:
        """All of them."""
        return self.sent + self.failed + self.delayed


def deliver_mail(*, clock: Clock, stop: Callable[[], bool] = lambda: False) -> Delivered:
    """Send what is due, mailbox by mailbox, until nothing is, or `stop` says so after a mail. Any number of these may
    run at once, and each may be killed at any moment.

    A row is leased before its mail is handed over, and done when the server said 250. Killed between the two, the
    mail is sent again when the lease has run out: the same Message-ID twice, which is the worst that happens (nobody
    can do better: SMTP has no way to ask). A mail that the server refuses for good fails at once; for now, it is tried
    again after 1, 5, 30 minutes, 2 and 8 hours. Where the mailbox itself does not work, its mail waits, three days at
    most. Whatever happens to one mail or one mailbox, the others go on."""
    done = Delivered()
    while True:
        tried = done.tried
        for mailbox in _with_mail_due(clock()):
            try:
                _Round(mailbox, clock, done, stop).send()
            except Exception as error:  # the next mailbox has its turn all the same
                logger.error("sending through mailbox %s failed: %s", mailbox.pk, type(error).__name__)
        if done.tried == tried or stop():
            break
    done.failed += _give_up(clock())
    return done


def mail_due(at: datetime) -> Q:
    """Mail that may be sent at this moment."""
    works = Q(mailbox__is_active=True) & ~Q(mailbox__send_host="")
    paused = Q(mailbox__send_paused_until__gt=at)
    return FREE & Q(due_at__lte=at, attempts__lt=OutboundMail.most_attempts) & works & ~paused


def _with_mail_due(at: datetime) -> list[Mailbox]:
    keys = OutboundMail.objects.filter(mail_due(at)).order_by().values("mailbox").distinct()
    return list(Mailbox.objects.filter(pk__in=[row["mailbox"] for row in keys]).order_by("name"))


def _give_up(at: datetime) -> int:
    """Call failed what no worker survives, and what waits for a mailbox that has not worked for days."""
    rows = OutboundMail.objects.select_related("mailbox")
    worn_out = rows.filter(FREE, attempts__gte=OutboundMail.most_attempts)
    broken = Q(mailbox__send_failures__gt=0) | Q(mailbox__is_active=False) | Q(mailbox__send_host="")
    waiting = rows.filter(FREE, broken, due_at__lt=at - WAITS_FOR_MAILBOX)
    gone = {mail.pk: fail_mail(mail=mail, problem="worker", at=at) for mail in worn_out}
    gone |= {mail.pk: fail_mail(mail=mail, problem="mailbox", at=at) for mail in waiting if mail.pk not in gone}
    return len(gone)


class _Round:
    """One turn of one mailbox: a connection, and as many of its mails as go through it in a while."""

    def __init__(self, mailbox: Mailbox, clock: Clock, done: Delivered, stop: Callable[[], bool]) -> None:
        self.mailbox, self.clock, self.done, self.stop = mailbox, clock, done, stop
        self.connection: Connection | None = None
        self.breaks = 0

    def send(self) -> None:
        until = monotonic() + SECONDS_AT_ONCE
        try:
            for _ in range(MAILS_AT_ONCE):
                if monotonic() > until or self.stop() or (mail := self._claim()) is None:
                    return
                try:
                    self._hand_over(mail)
                except MailboxTrouble as trouble:
                    self._give_back(mail)
                    self._pause(trouble.problem)
                    return
                except LeaseLost:
                    logger.warning("mail %s took longer than its lease", mail.pk)
                if self.breaks >= MOST_BREAKS:
                    self._pause("disconnected")
                    return
        finally:
            if self.connection is not None:
                self.connection.close()

    def _claim(self) -> OutboundMail | None:
        due = OutboundMail.objects.filter(mail_due(self.clock()), mailbox=self.mailbox).order_by("due_at", "written_at")
        while mail := due.select_related("mailbox", "customer", "message__ticket").first():
            if mail.lease(LEASE):
                return mail
        return None

    def _hand_over(self, mail: OutboundMail) -> None:
        """Send one, and write down what became of it. Raises MailboxTrouble, LeaseLost."""
        at = self.clock()
        try:
            letter = compose_mail(mail=mail, at=at)
        except BadAddress:
            return self._fail(mail, "address")
        except (FileNotFoundError, CannotDecrypt):
            return self._fail(mail, "file")
        except Exception as error:  # one mail that cannot be put together keeps no other from leaving
            logger.error("mail %s cannot be composed: %s", mail.pk, type(error).__name__)
            return self._fail(mail, "compose")
        if self.connection is None or not self.connection.is_open:
            self.connection = Connection(smtp_server(self.mailbox, at=at))
        try:
            self.connection.send(sender=letter.sender, recipient=letter.recipient, content=letter.content)
        except MailRefused as refused:
            self.breaks = 0
            return self._fail(mail, refused.problem) if refused.is_final else self._delay(mail, refused.problem)
        except ConnectionBroke as broke:
            self.breaks += 1
            return self._delay(mail, broke.problem)
        self.breaks = 0
        return self._sent(mail)

    def _sent(self, mail: OutboundMail) -> None:
        at = self.clock()
        with transaction.atomic():
            # Whoever reads the database later finds no link that logged somebody in.
            emptied = {"body": None} if mail.purpose == MailPurpose.MAGIC_LINK else {}
            mail.write_if_mine(state=LeaseState.DONE, sent_at=at, problem="", lease_until=None, **emptied)
            say_delivery(mail=mail, status=DeliveryStatus.SENT)
            Mailbox.objects.filter(pk=self.mailbox.pk).update(
                sent_at=at, send_error="", send_failures=0, send_paused_until=None
            )
        self.done.sent += 1

    def _fail(self, mail: OutboundMail, problem: str) -> None:
        fail_mail(mail=mail, problem=problem, at=self.clock(), under_lease=True)
        self.done.failed += 1

    def _delay(self, mail: OutboundMail, problem: str) -> None:
        if mail.attempts >= OutboundMail.most_attempts:
            return self._fail(mail, problem)
        due_at = self.clock() + BACK_OFF[mail.attempts - 1]
        mail.write_if_mine(state=LeaseState.TODO, due_at=due_at, problem=problem, lease_until=None)
        self.done.delayed += 1
        return None

    def _give_back(self, mail: OutboundMail) -> None:
        """It is not the mail's fault: no try is counted."""
        mail.mine().update(state=LeaseState.TODO, attempts=F("attempts") - 1, lease_until=None)

    def _pause(self, problem: str) -> None:
        pause = PAUSES[min(self.mailbox.send_failures, len(PAUSES) - 1)]
        Mailbox.objects.filter(pk=self.mailbox.pk).update(
            send_error=problem[:255], send_failures=F("send_failures") + 1, send_paused_until=self.clock() + pause
        )
