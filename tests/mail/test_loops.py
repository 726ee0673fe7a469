"""Two houses that answer each other by themselves: the exchange ends after two mails."""

from datetime import timedelta
from typing import Any

import pytest

from customers.models import Team
from services.models import Calendar, InboundMail, Mailbox, Message, OutboundMail, Queue
from services.operations.compose_mail import compose_mail
from services.operations.file_waiting_mails import file_waiting_mails
from services.operations.store_mail import store_mail
from services.tests.operations.mails import a_mailbox, mail
from tests.cast import NOW

pytestmark = pytest.mark.usefixtures("var", "fresh_keys")


def test_two_houses_exchange_at_most_two_mails(queue: Queue, south: Team, settings: Any) -> None:
    other = Queue.objects.create(name="Other house", team=south, calendar=Calendar.objects.get(name="Office hours"))
    here = a_mailbox(queue, "help@here.example", sends=True)
    there = a_mailbox(other, "help@there.example", sends=True)
    keys = {here.pk: settings.SECRET_KEY, there.pk: "of the other house"}
    carried = [(here, mail(sender="Other <help@there.example>", to="help@here.example"))]
    written, moment = 1, NOW
    while carried:
        to, raw = carried.pop()
        moment += timedelta(minutes=1)
        settings.SECRET_KEY = keys[to.pk]
        with only(to):  # each knows its own mailbox alone
            stored, _new = store_mail(mailbox=to, raw=raw, at=moment)
            file_waiting_mails(at=moment)
            stored.refresh_from_db()
            assert stored.outcome != "waiting", stored.error
            for sent in OutboundMail.objects.filter(mailbox=to, sent_at=None):
                written += 1
                assert written <= 2
                carried.append((there if to == here else here, compose_mail(mail=sent, at=moment).content))
                OutboundMail.objects.filter(pk=sent.pk).update(sent_at=moment, state="done")
    assert written == 2
    assert InboundMail.objects.count() == 2
    assert Message.objects.filter(is_automatic=True).exists()


class only:
    """Within it there is no other mailbox."""

    def __init__(self, box: Mailbox) -> None:
        self.others = Mailbox.objects.exclude(pk=box.pk)

    def __enter__(self) -> None:
        self.addresses = {box.pk: box.address for box in self.others}
        for pk in self.addresses:
            Mailbox.objects.filter(pk=pk).update(address=f"{pk}@elsewhere.example", is_active=False)

    def __exit__(self, *_: object) -> None:
        for pk, address in self.addresses.items():
            Mailbox.objects.filter(pk=pk).update(address=address, is_active=True)
