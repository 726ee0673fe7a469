"""What the desk has of two customers who are compared: what a merge would put together, as far as it is in sight."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from customers.models import Team, User
from customers.tests.operations.merging import twins
from services.models import Calendar, OutboundMail, Queue, RatingRequest, WebFormSubmission
from services.tests.operations.forms import a_form, send
from services.tests.operations.mails import a_mailbox
from services.tests.operations.ratings import asked
from tests.cast import make_user

pytestmark = pytest.mark.django_db


def test_mail_and_questions_about_tickets_out_of_sight_are_not_counted(
    client: Client, bob: User, north: Team, south: Team
) -> None:
    one, other = twins(north)
    there = Queue.objects.create(name="South", team=south, calendar=Calendar.objects.get(name="Office hours"))
    a_mailbox(there, sends=True)
    request = asked(one, there)
    assert RatingRequest.objects.get() == request
    assert OutboundMail.objects.filter(customer=one).exists()
    counted = {"Rating requests", "Outbound mail"}
    for user, seen in ((make_user("boss", role="Administrator"), counted), (bob, set())):
        client.force_login(user)
        page = client.get(reverse("admin:customers_merge_compare", args=[one.pk, other.pk]))
        assert {line.label for line in page.context["history"]} & counted == seen


def test_what_came_by_a_form_of_another_team_is_not_counted(client: Client, north: Team, south: Team) -> None:
    one, other = twins(north)
    there = Queue.objects.create(name="South", team=south, calendar=Calendar.objects.get(name="Office hours"))
    WebFormSubmission.objects.filter(pk=send(a_form(there)).pk).update(customer=one)
    for user, is_seen in (
        (make_user("boss", role="Administrator"), True),
        (make_user("lea", north, role="Lead"), False),
    ):
        user.user_permissions.add(Permission.objects.get(codename="add_merge"))
        client.force_login(user)
        page = client.get(reverse("admin:customers_merge_compare", args=[one.pk, other.pk]))
        assert ("Form submissions" in {line.label for line in page.context["history"]}) == is_seen
