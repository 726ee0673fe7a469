from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from analytics.models import Event, EventIdentity, EventSource
from analytics.operations.new_event import NewEvent
from analytics.operations.record_events import record_events
from customers.models import Customer, ExternalId, User
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(acme: Customer) -> EventSource:
    source = EventSource.objects.create(slug="shop", name="Shop")
    ExternalId.objects.create(customer=acme, source="shop", source_id="u")
    events = [NewEvent(str(n), f"Step {n}", NOW - timedelta(hours=n), "u", "d", "s", {"n": n}) for n in range(1, 31)]
    events.append(NewEvent("x", "Hidden", NOW, "unknown-user"))
    record_events(source=source, events=events, at=NOW)
    return source


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_list_of_events_is_read_in_few_queries(
    source: EventSource, bob: User, django_assert_max_num_queries: Any
) -> None:
    client = logged_in(bob)
    client.get(reverse("admin:analytics_event_changelist"))
    with django_assert_max_num_queries(13):
        page = client.get(reverse("admin:analytics_event_changelist"))
    text = page.content.decode()
    assert "Step 1<" in text or "Step 1\n" in text
    assert "Acme Pumps" in text
    assert "Hidden</a>" not in text


def test_the_list_is_narrowed_down_by_name_source_and_identity(source: EventSource, root: User) -> None:
    client, page = logged_in(root), reverse("admin:analytics_event_changelist")
    event = Event.objects.select_related("name").get(name__name="Step 3")
    for query in (
        {"name__id__exact": event.name_id},
        {"source__id__exact": source.pk},
        {"identity__id__exact": event.identity_id},
        {"at_from_0": "2026-06-01"},
    ):
        answer = client.get(page, query)
        assert answer.status_code == 200
        assert "Step 3" in answer.content.decode()


def test_an_event_shows_its_properties_and_who_it_was(source: EventSource, bob: User, otto: User) -> None:
    page = reverse("admin:analytics_event_change", args=[Event.objects.get(name__name="Step 3").pk])
    text = logged_in(bob).get(page).content.decode()
    assert "<dt>n</dt><dd>3</dd>" in text
    assert "Acme Pumps" in text
    assert logged_in(otto).get(page).status_code == 404
    assert logged_in(bob).get(reverse("admin:analytics_event_change", args=["x"])).status_code == 404


def test_an_identity_is_found_by_its_key_and_linked(source: EventSource, root: User, wang: Customer) -> None:
    client, page = logged_in(root), reverse("admin:analytics_eventidentity_changelist")
    assert "unknown-user" in client.get(page, {"q": "unknown-user"}).content.decode()
    assert "unknown-user" not in client.get(page, {"q": "unknown"}).content.decode()
    identity = EventIdentity.objects.get(customer=None)
    change = reverse("admin:analytics_eventidentity_change", args=[identity.pk])
    assert client.get(change).status_code == 200
    assert client.post(change, {"customer": wang.pk}).status_code == 302
    identity.refresh_from_db()
    assert (identity.customer, identity.link) == (wang, "staff")
    assert client.post(change, {"customer": ""}).status_code == 302
    identity.refresh_from_db()
    assert (identity.customer, identity.link) == (None, "apart")


def test_a_source_is_added_and_its_zone_checked(bob: User) -> None:
    client, page = logged_in(bob), reverse("admin:analytics_eventsource_add")
    form = {"name": "Shop", "slug": "shop", "kind": "mixpanel", "time_zone": "Mars", "id_source": ""}
    assert "no such time zone" in client.post(page, form).content.decode()
    assert client.post(page, form | {"time_zone": "Asia/Shanghai"}).status_code == 302
    assert EventSource.objects.get().time_zone == "Asia/Shanghai"


def test_the_timeline_of_a_customer_tells_their_behaviour(source: EventSource, bob: User, acme: Customer) -> None:
    page = reverse("admin:customers_customer_timeline", args=[acme.pk])
    text = logged_in(bob).get(page, {"show": "behaviour"}).content.decode()
    assert "Step 1" in text
    older = text.split("before=")[1].split('"')[0].split("&")[0]
    from urllib.parse import unquote

    following = logged_in(bob).get(page, {"show": "behaviour", "before": unquote(older)}).content.decode()
    assert "Step 21" in following
    assert "Step 1<" not in following
    assert "Step 2<" not in logged_in(bob).get(page).content.decode()
