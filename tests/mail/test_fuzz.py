"""Mutated mail: nothing crashes, the bytes are kept, and each becomes a ticket or a message, or is ignored for
a reason.

`./bin/crm fuzz mail` is the long run; `CRM_MAIL_FUZZ` says how many are parsed, `CRM_MAIL_FUZZ_FILED` how many are
filed."""

import os
import random
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from services.choices import MailOutcome
from services.mail.parse import parse_mail
from services.models import InboundMail, Queue
from services.operations.file_waiting_mails import file_waiting_mails
from services.operations.store_mail import raw_of, store_mail
from services.tests.operations.mails import a_mailbox
from tests.cast import NOW
from tests.figures import SEED, tell
from tests.mail.mutation import mutated
from tests.mail.seeds import SEEDS

PARSED = int(os.environ.get("CRM_MAIL_FUZZ", "2000"))
FILED = int(os.environ.get("CRM_MAIL_FUZZ_FILED", str(max(60, min(PARSED // 20, 5000)))))


@pytest.mark.long
def test_no_mutated_mail_crashes_the_parser() -> None:
    draw, seeds, texts = random.Random(SEED), list(SEEDS.values()), Counter[str]()
    for _ in range(PARSED):
        mail = parse_mail(mutated(seeds, draw))
        texts["whole" if mail.is_whole else "as text"] += 1
        for text in (mail.text, mail.folded, mail.html, mail.subject):
            text.encode()
            assert "\0" not in text
    tell("mail_parsed", PARSED, "mails")
    tell("mail_parsed_as_text", texts["as text"], "mails")
    assert texts["whole"] > PARSED * 0.9


@pytest.mark.long
@pytest.mark.usefixtures("var", "fresh_keys")
def test_every_mutated_mail_ends_somewhere(queue: Queue, settings: Any) -> None:
    settings.MAIL_MOST_AN_HOUR = 10**6
    box, draw, seeds = a_mailbox(queue), random.Random(SEED + 1), list(SEEDS.values())
    kept: dict[Any, bytes] = {}
    for number in range(FILED):
        raw = mutated(seeds, draw)
        mail, _is_new = store_mail(mailbox=box, raw=raw, at=NOW + timedelta(seconds=number))
        kept[mail.pk] = raw
    moment = NOW + timedelta(days=1)
    while InboundMail.objects.filter(outcome=MailOutcome.WAITING).exists():
        file_waiting_mails(at=moment, most=500)
        moment += timedelta(hours=3)
    outcomes = Counter(InboundMail.objects.values_list("outcome", "reason", "error"))
    tell("mail_filed", FILED, "mails")
    tell("mail_given_up", sum(count for (_outcome, _reason, error), count in outcomes.items() if error), "mails")
    for mail in InboundMail.objects.iterator():
        assert raw_of(mail) == kept[mail.pk]
        if mail.outcome in (MailOutcome.TICKET, MailOutcome.MESSAGE):
            assert mail.message_id is not None
        else:
            assert mail.outcome == MailOutcome.BOUNCE or (mail.outcome == MailOutcome.IGNORED and mail.reason)
    # Nothing had to be given up.
    assert [error for _outcome, _reason, error in outcomes if error] == []
