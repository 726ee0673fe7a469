"""Digests by mail: to whoever asked, of whom they see, once a day or on Mondays for the week."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from analytics.choices import DigestRhythm
from analytics.models import DigestSubscription, MoverDigest
from analytics.operations.mail_digests import mail_digests
from analytics.operations.subscribe_to_digest import HasNoAddress, subscribe_to_digest
from analytics.tests.api.test_digests import fallen as fallen
from analytics.tests.api.test_digests import told as told
from customers.models import Customer, Team, User
from services.models import Mailbox, OutboundMail, Queue
from services.tests.mail_server import a_mailbox
from tests.cast import NOW

pytestmark = pytest.mark.django_db
TODAY = NOW.date()  # a Wednesday
MONDAY = date(2026, 6, 8)


@pytest.fixture
def mailbox(queue: Queue) -> Mailbox:
    return a_mailbox(queue)


def subscribed(user: User, every: DigestRhythm = DigestRhythm.DAY, language: str = "en") -> User:
    user.email = f"{user.username}@candid.example"
    user.save()
    subscribe_to_digest(user=user, every=every, language=language)
    return user


@pytest.mark.usefixtures("mailbox", "told")
def test_who_asked_for_it_is_told_who_fell(ann: User, fallen: Customer) -> None:
    subscribed(ann)
    assert mail_digests(day=TODAY, at=NOW) == 1
    mail = OutboundMail.objects.get(purpose="digest")
    assert (mail.recipient, mail.user, mail.is_automatic, mail.customer) == (ann.email, ann, True, None)
    assert mail.subject == "Who moved noticeably, 3 Jun 2026"
    assert mail.body is not None and "Fell\n- Acme Pumps: 60 → 46 (Quality)" in mail.body
    assert "/admin/analytics/moverdigest/" in mail.body


@pytest.mark.usefixtures("mailbox", "told")
def test_it_is_told_once() -> None:
    subscribed(User.objects.get(username="ann"))
    assert [mail_digests(day=TODAY, at=NOW) for _ in range(2)] == [1, 1]
    assert OutboundMail.objects.count() == 1


@pytest.mark.usefixtures("mailbox", "told")
def test_it_is_in_the_language_that_was_chosen(ann: User) -> None:
    subscribed(ann, language="zh-hans")
    mail_digests(day=TODAY, at=NOW)
    mail = OutboundMail.objects.get()
    assert mail.body is not None and "Acme Pumps" in mail.body and "您好" in mail.body


@pytest.mark.usefixtures("mailbox", "told")
def test_an_outsider_is_told_nothing(otto: User) -> None:
    subscribed(otto)
    assert mail_digests(day=TODAY, at=NOW) == 0


@pytest.mark.usefixtures("mailbox", "told")
def test_whose_customer_moved_is_not_told_by_another_teams_digest(otto: User, fallen: Customer) -> None:
    Customer.objects.filter(pk=fallen.pk).update(owner=otto)  # whom they see, and whose scores they see
    assert Customer.objects.visible_to(subscribed(otto)).get() == fallen
    assert mail_digests(day=TODAY, at=NOW) == 0


@pytest.mark.usefixtures("mailbox", "told")
def test_whoever_may_not_read_digests_any_more_gets_none(ann: User) -> None:
    subscribed(ann)
    ann.groups.clear()
    assert mail_digests(day=TODAY, at=NOW) == 0
    ann.is_active = False
    ann.save()
    assert mail_digests(day=TODAY, at=NOW) == 0


@pytest.mark.usefixtures("mailbox")
def test_on_mondays_the_week_is_told_by_each_customers_greatest_move(ann: User, told: MoverDigest) -> None:
    subscribed(ann, every=DigestRhythm.WEEK)
    line = {**told.lines["fell"][0], "before": 45.5, "score": 40.0}
    more = {"since": NOW, "until": NOW, "points": 5, "fell": 1, "rose": 0, "lines": {"fell": [line], "rose": []}}
    MoverDigest.objects.create(team=told.team, day=TODAY + timedelta(days=1), **more)
    assert mail_digests(day=TODAY, at=NOW) == 0
    assert mail_digests(day=MONDAY, at=NOW) == 1
    body = OutboundMail.objects.get().body
    assert body is not None and body.count("Acme Pumps") == 1 and "60 → 46" in body


@pytest.mark.usefixtures("told")
def test_without_a_mailbox_that_sends_nothing_is_queued(ann: User) -> None:
    subscribed(ann)
    assert mail_digests(day=TODAY, at=NOW) == 0


def test_nobody_subscribes_without_an_address(ann: User) -> None:
    ann.email = ""
    with pytest.raises(HasNoAddress, match="no e-mail address"):
        subscribe_to_digest(user=ann, every=DigestRhythm.DAY, language="en")


def test_unknown_words_are_refused(ann: User) -> None:
    subscribed(ann)
    for every, language in (("hour", "en"), ("day", "tlh")):
        with pytest.raises(ValidationError):
            subscribe_to_digest(user=ann, every=every, language=language)  # type: ignore[arg-type]
    assert DigestSubscription.objects.get().every == "day"


def test_it_ends(ann: User, north: Team) -> None:
    subscribed(ann)
    for _ in range(2):
        assert subscribe_to_digest(user=ann, every=None, language="en") is None
    assert not DigestSubscription.objects.exists()
