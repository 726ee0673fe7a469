"""The audit record through the API, for administrators and their programs."""

import pytest

from customers.models import Customer, Team, User
from customers.operations.add_contact_point import add_contact_point
from customers.operations.forget_audit_values import forget_audit_values
from tests.cast import NOW, make_user
from tests.client import as_user, ids, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(north: Team) -> User:
    return make_user("ada", north, role="Administrator")


def test_it_tells_who_did_what_newest_first(ada: User, acme: Customer) -> None:
    client = as_user(ada)
    client.patch(url(f"customers/{acme.pk}/"), {"industry": "Pumps"}, headers={"If-Match": "*"})
    newest = client.get(url("audit/")).json()["results"][0]
    assert (newest["actor"], newest["channel"], newest["verb"]) == (ada.pk, "api", "partial_update")
    assert newest["changes"] == {"industry": ["", "Pumps"]}
    assert (newest["readable"], newest["facts"], newest["seal"]) == (True, {}, None)
    assert client.get(url(f"audit/{newest['id']}/")).json() == newest


def test_it_is_narrowed_down(ada: User, acme: Customer, wang: Customer) -> None:
    client = as_user(ada)
    add_contact_point(customer=acme, kind="email", value="a@example.com", at=NOW)
    rows = client.get(url(f"audit/?customer={acme.pk}")).json()["results"]
    assert {row["model"] for row in rows} == {"customers.customer", "customers.contactpoint"}
    assert ids(client.get(url(f"audit/?customer={acme.pk}&model=customers.customer")))
    for query in ("kind=removed", "actor=999999", "verb=x", "since=2100-01-01T00:00:00Z"):
        assert ids(client.get(url(f"audit/?{query}"))) == [], query
    assert client.get(url("audit/"), {"kind": "no such"}).status_code == 400


def test_what_was_forgotten_is_not_readable(ada: User, acme: Customer) -> None:
    forget_audit_values(customer_id=acme.pk, at=NOW)
    rows = as_user(ada).get(url("audit/"), {"customer": str(acme.pk), "kind": "added"}).json()["results"]
    assert [(row["readable"], row["changes"]) for row in rows] == [(False, {})]


def test_it_is_for_administrators_and_nobody_writes_it(ann: User, bob: User, ada: User, acme: Customer) -> None:
    for user in (ann, bob):
        assert as_user(user).get(url("audit/")).status_code == 403
    client = as_user(ada)
    key = ids(client.get(url("audit/")))[0]
    for method in ("post", "put", "patch", "delete"):
        assert getattr(client, method)(url(f"audit/{key}/"), {}).status_code in (403, 405)
    assert client.post(url("audit/"), {}).status_code in (403, 405)
