"""What makes the demo company's desk look worked on."""

import pytest

from crm.demo.desk_life import enliven_desk
from crm.demo.presence import SOURCE
from customers.models import Customer, Team
from services.models import Agent, Calendar, Queue, Ticket
from services.tests.operations.desk import a_ticket, after
from tests.cast import make_user

pytestmark = pytest.mark.django_db


def test_the_agent_who_logs_in_is_given_tickets_that_they_see(
    north: Team, south: Team, acme: Customer, wang: Customer, queue: Queue
) -> None:
    make_user("lead", role="Lead")
    agent = Agent.objects.create(user=make_user("agent", north, role="Agent"), name="Maya")
    there = Queue.objects.create(name="South", team=south, calendar=Calendar.objects.get(name="Office hours"))
    ours, theirs = a_ticket(acme, queue), a_ticket(wang, there)
    Ticket.objects.update(source=SOURCE)
    enliven_desk(at=after(hours=1))
    given = dict(Ticket.objects.values_list("pk", "assignee"))
    assert given == {ours.pk: agent.pk, theirs.pk: None}
