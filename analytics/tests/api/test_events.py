import gzip
import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from analytics.models import Event, EventIdentity, EventSource
from customers.models import ContactPoint, Customer, ExternalId, User
from tests.client import as_user, ids, url, with_token

pytestmark = pytest.mark.django_db

EVENTS = url("events/")


def now() -> float:
    return timezone.now().timestamp()


def send(user: User, body: Any, query: str = "", type: str = "application/json", **headers: Any) -> Any:
    raw = body if isinstance(body, bytes | str) else json.dumps(body)
    client: Any = as_user(user)
    return client.generic("POST", f"{EVENTS}{query}", raw, content_type=type, **headers)


def own(number: int = 1, **more: Any) -> dict[str, Any]:
    return {"name": "View", "id": str(number), "at": now() - 60, "user": "u", **more}


def mixpanel(number: int = 1) -> dict[str, Any]:
    return {"event": "View", "properties": {"time": int(now()) - 9, "distinct_id": "u", "$insert_id": str(number)}}


def test_one_event_in_our_own_form(bob: User) -> None:
    given = own(properties={"page": "/", "email": "a@b.example"}, session="s", device="d")
    answer = send(bob, given)
    assert answer.status_code == 200
    assert answer.json() == {"created": 1, "repeated": 0, "withheld": 0, "refused": 0, "errors": []}
    assert send(bob, given).json()["repeated"] == 1
    assert Event.objects.get().properties == {"page": "/"}
    assert EventSource.objects.get().slug == "api"


def test_a_program_sends_with_its_token(bob: User) -> None:
    answer = with_token(bob).post(EVENTS, own(), format="json")
    assert answer.status_code == 200, answer.content


AMPLITUDE = {"api_key": "k", "events": [{"event_type": "Buy", "user_id": "u", "insert_id": "1"}]}
MEASURED = {"client_id": "1.2", "events": [{"name": "purchase", "params": {"value": 3}}, {"name": "x"}]}


@pytest.mark.parametrize(
    ("body", "slug", "created"),
    [
        ([mixpanel(1), mixpanel(2)], "mixpanel", 2),
        (mixpanel(), "mixpanel", 1),
        ("\n".join(json.dumps(mixpanel(n)) for n in range(3)), "mixpanel", 3),
        (AMPLITUDE, "amplitude", 1),
        (MEASURED, "ga4", 2),
        ([own(1), own(2)], "api", 2),
    ],
)
def test_bodies_are_told_apart_by_their_shape(bob: User, body: Any, slug: str, created: int) -> None:
    assert send(bob, body).json()["created"] == created
    assert EventSource.objects.get().slug == slug


def test_a_packed_body_of_lines(bob: User) -> None:
    packed = gzip.compress("\n".join(json.dumps(own(n)) for n in range(5)).encode())
    answer = send(bob, packed, type="application/x-ndjson", HTTP_CONTENT_ENCODING="gzip")
    assert answer.json()["created"] == 5


def test_good_events_are_kept_and_bad_ones_named(bob: User) -> None:
    body = [own(1), own(2, name=""), own(3, at="never"), "x", own(5, at=1), own(6, more=1), own(7)]
    answer = send(bob, body)
    told = answer.json()
    assert (answer.status_code, told["created"], told["refused"]) == (200, 2, 5)
    assert [error["index"] for error in told["errors"]] == [1, 2, 3, 4, 5]
    assert all(error["reason"] for error in told["errors"])


def test_a_broken_line_is_named_by_its_place(bob: User) -> None:
    answer = send(bob, json.dumps(own(1)) + "\n{broken\n" + json.dumps(own(2)))
    assert (answer.json()["created"], answer.json()["errors"][0]["index"]) == (2, 1)


def test_not_one_good_event_is_a_bad_request(bob: User) -> None:
    answer = send(bob, own(at=1))
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["index"] == 0


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"3", b"\xff\xfe", b"\x1f\x8bbroken", b"[" * 100_000])
def test_it_refuses_what_holds_no_events(bob: User, body: bytes) -> None:
    assert send(bob, body).status_code == 400
    assert not Event.objects.exists()


def test_it_refuses_too_many_events_and_too_many_bytes(bob: User) -> None:
    assert send(bob, [own(n) for n in range(2001)]).status_code == 413
    bomb = gzip.compress(b" " * (30 << 20))
    assert len(bomb) < 40_000
    assert send(bob, bomb).status_code == 413


def test_more_than_25_events_of_the_measurement_protocol_are_refused(bob: User) -> None:
    assert send(bob, {"client_id": "1.2", "events": [{"name": "x"}] * 26}).status_code == 400


def test_the_source_and_the_form_can_be_named(bob: User) -> None:
    EventSource.objects.create(slug="app", name="App")
    assert send(bob, own(), "?source=app&format=api").json()["created"] == 1
    assert Event.objects.get().source.slug == "app"
    assert send(bob, own(), "?source=none").status_code == 400
    assert send(bob, own(), "?format=csv").status_code == 400
    assert send(bob, own(), "?colour=red").status_code == 400


def test_a_customer_out_of_sight_cannot_be_named(bob: User, acme: Customer, south: Any) -> None:
    other = Customer.objects.create(kind="person", name="Other", team=south)
    answer = send(bob, [own(1, user="a", customer=acme.pk), own(2, user="b", customer=other.pk)])
    assert (answer.json()["created"], answer.json()["refused"]) == (1, 1)
    assert Event.objects.get().identity.customer == acme


def test_withheld_events_are_counted(bob: User, acme: Customer) -> None:
    Customer.objects.update(restricted_at=timezone.now())
    ExternalId.objects.create(customer=acme, source="api", source_id="u")
    assert send(bob, own()).json()["withheld"] == 1


def test_an_agent_may_not_send(ann: User) -> None:
    assert send(ann, own()).status_code == 403


def test_the_same_idempotency_key_gets_the_first_answer(bob: User) -> None:
    body = own()
    first = send(bob, body, HTTP_IDEMPOTENCY_KEY="k")
    assert send(bob, body, HTTP_IDEMPOTENCY_KEY="k").json() == first.json()


def test_the_list_shows_events_of_visible_customers_alone(
    bob: User, otto: User, root: User, acme: Customer, django_assert_max_num_queries: Any
) -> None:
    ExternalId.objects.create(customer=acme, source="api", source_id="u")
    send(bob, [own(n, at=now() - n) for n in range(1, 5)] + [own(9, user="nobody knows", name="Buy")])
    with django_assert_max_num_queries(8):
        rows = as_user(bob).get(EVENTS).json()["results"]
    assert [row["customer"] for row in rows] == [acme.pk] * 4
    assert [row["at"] for row in rows] == sorted((row["at"] for row in rows), reverse=True)
    assert ids(as_user(otto).get(EVENTS)) == []
    assert len(ids(as_user(root).get(EVENTS))) == 5
    page = as_user(otto).get(f"{EVENTS}{rows[0]['id']}/")
    assert page.status_code == 404
    assert as_user(bob).get(f"{EVENTS}{rows[0]['id']}/").json()["name"] == "View"
    assert as_user(bob).get(f"{EVENTS}17/").status_code == 404


def test_the_list_is_narrowed_down_and_goes_on_by_cursor(root: User, acme: Customer) -> None:
    ExternalId.objects.create(customer=acme, source="api", source_id="u")
    send(root, [own(n, at=now() - 100 * n, name="Buy" if n % 2 else "View") for n in range(1, 7)])
    send(root, [mixpanel()])
    client: Any = as_user(root)
    assert len(ids(client.get(EVENTS, {"customer": acme.pk}))) == 6
    assert len(ids(client.get(EVENTS, {"name": "Buy"}))) == 3
    assert len(ids(client.get(EVENTS, {"source": "mixpanel"}))) == 1
    since = (timezone.now() - timedelta(seconds=250)).isoformat()
    assert len(ids(client.get(EVENTS, {"since": since, "source": "api"}))) == 2
    for asked in ({"source": "api"}, {"name": "Buy"}):
        query: Any = {**asked, "page_size": 2}
        seen, page = [], client.get(EVENTS, query).json()
        while True:
            seen += [row["id"] for row in page["results"]]
            if page["next"] is None:
                break
            page = client.get(page["next"]).json()
        assert len(seen) == len(set(seen)) == (6 if "source" in asked else 3)


def test_an_identity_is_linked_and_unlinked(bob: User, otto: User, root: User, acme: Customer) -> None:
    send(bob, own())
    identity = EventIdentity.objects.get()
    link = url(f"event-identities/{identity.pk}/link/")
    assert as_user(bob).post(link, {"customer": acme.pk}).status_code == 404  # nobody's are for those who see all
    answer = as_user(root).post(link, {"customer": acme.pk})
    assert (answer.status_code, answer.json()["customer"], answer.json()["link"]) == (200, acme.pk, "staff")
    assert ids(as_user(bob).get(url("event-identities/"))) == [identity.pk]
    assert ids(as_user(otto).get(url("event-identities/"))) == []
    assert as_user(bob).post(link, {"customer": None}, format="json").json()["link"] == "apart"


def test_the_timeline_tells_events_where_they_are_asked_for(bob: User, acme: Customer) -> None:
    ContactPoint.objects.create(customer=acme, kind="email", value="jo@acme.example")
    send(bob, [own(n, at=now() - n, email="jo@acme.example", name=f"Step {n}") for n in range(1, 6)])
    address = url(f"customers/{acme.pk}/timeline/")
    assert "event" not in {row["type"] for row in as_user(bob).get(address).json()["results"]}
    page = as_user(bob).get(address, {"type": "event", "limit": "3"}).json()
    assert [row["title"] for row in page["results"]] == ["Step 1", "Step 2", "Step 3"]
    page = as_user(bob).get(address, {"type": "event", "limit": "3", "before": page["next_before"]}).json()
    assert [row["title"] for row in page["results"]] == ["Step 4", "Step 5"]


def test_sources_are_added_and_a_time_zone_is_checked(bob: User) -> None:
    sources = url("event-sources/")
    assert as_user(bob).post(sources, {"slug": "app", "name": "App", "time_zone": "Asia/Shanghai"}).status_code == 201
    assert as_user(bob).post(sources, {"slug": "web", "name": "Web", "time_zone": "Mars"}).status_code == 400
