"""Which webhooks are told what happens to a ticket."""

import pytest

from customers.models import Customer, Team, User, Webhook
from customers.operations.write_webhook import write_webhook
from services.models import Calendar, Queue
from services.tests.operations.desk import a_ticket
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def test_only_tickets_that_its_owner_may_see_are_told(
    root: User, bob: User, south: Team, acme: Customer, queue: Queue
) -> None:
    changes = {"url": "https://example.com/", "events": ["ticket.opened"]}
    of_all, of_bob = (
        write_webhook(webhook=Webhook(), changes={**changes, "name": by.username}, by=by, at=NOW)[0]
        for by in (root, bob)
    )
    there = Queue.objects.create(name="South", team=south, calendar=Calendar.objects.get(name="Office hours"))
    theirs, ours = a_ticket(acme, there), a_ticket(acme, queue)
    told = {hook: [*hook.deliveries.order_by("pk").values_list("object_id", flat=True)] for hook in (of_all, of_bob)}
    assert told == {of_all: [theirs.pk, ours.pk], of_bob: [ours.pk]}
