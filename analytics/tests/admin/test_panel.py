"""The score beside a ticket."""

from django.test import RequestFactory

from analytics.admin.panel import score_panel
from customers.admin.panels import customer_panels
from customers.models import Customer, User


def test_it_shows_the_score_where_there_is_one(rf: RequestFactory, fallen: Customer, ann: User) -> None:
    request = rf.get("/")
    request.user = ann
    assert "Weighs most" in score_panel(request, fallen)
    assert len(customer_panels(request, fallen)) == 1


def test_it_is_left_out_where_there_is_none(rf: RequestFactory, acme: Customer, ann: User) -> None:
    request = rf.get("/")
    request.user = ann
    assert customer_panels(request, acme) == []


def test_it_is_left_out_without_the_permission(rf: RequestFactory, fallen: Customer, ann: User) -> None:
    ann.groups.clear()
    request = rf.get("/")
    request.user = User.objects.get(pk=ann.pk)
    assert score_panel(request, fallen) == ""
