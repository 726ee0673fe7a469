import pytest

from customers.models import Consent, Customer, User
from customers.operations.record_consent import record_consent
from tests.cast import NOW
from tests.client import as_user, ids, url, with_token

pytestmark = pytest.mark.django_db


def test_a_consent_is_recorded_and_read(ann: User, acme: Customer) -> None:
    client, path = as_user(ann), url(f"customers/{acme.pk}/consents/")
    data = {"purpose": "marketing", "channel": "email", "is_given": True, "source": "web form", "text_version": "v3"}
    made = client.post(path, {**data, "at": "2025-03-02T10:00:00Z"})
    assert made.status_code == 201, made.content
    row = Consent.objects.get()
    assert (row.customer, row.recorded_by, row.source) == (acme, ann, "web form")
    assert client.get(path).json()["results"] == [made.json()]
    assert made.json()["at"] == "2025-03-02T10:00:00Z"


def test_the_history_comes_page_by_page(ann: User, acme: Customer) -> None:
    for given in (True, False, True):
        record_consent(customer=acme, purpose="survey", is_given=given, at=NOW)
    client, path = as_user(ann), url(f"customers/{acme.pk}/consents/")
    first = client.get(f"{path}?page_size=2").json()
    rest = client.get(first["next"]).json()
    assert [row["is_given"] for row in first["results"] + rest["results"]] == [True, False, True]
    assert rest["next"] is None


def test_it_says_who_may_be_contacted_and_why(ann: User, acme: Customer) -> None:
    record_consent(customer=acme, purpose="marketing", channel="email", is_given=True, at=NOW)
    no = record_consent(customer=acme, purpose="marketing", channel="phone", is_given=False, at=NOW)
    results = as_user(ann).get(url(f"customers/{acme.pk}/may-contact/")).json()["results"]
    by = {(row["purpose"], row["channel"]): row for row in results}
    assert len(by) == 16
    assert {key for key, row in by.items() if row["allowed"]} == {
        ("marketing", "email"),
        *(("service", channel) for channel in ("email", "phone", "messenger", "post")),
    }
    assert by["marketing", "phone"]["decided_by"]["id"] == no.pk
    assert by["marketing", "post"]["decided_by"] is None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"purpose": "spam"}, "purpose"),
        ({"is_given": "perhaps"}, "is_given"),
        ({"at": "2199-01-01T00:00:00Z"}, "at"),
        ({"recorded_by": 1}, "recorded_by"),
    ],
)
def test_what_is_not_right_is_refused(ann: User, acme: Customer, wrong: dict[str, object], field: str) -> None:
    data = {"purpose": "marketing", "is_given": True, **wrong}
    response = as_user(ann).post(url(f"customers/{acme.pk}/consents/"), data)
    assert (response.status_code, list(response.json()["errors"])) == (400, [field])
    assert not Consent.objects.exists()


def test_an_outsider_finds_no_customer(otto: User, acme: Customer) -> None:
    client = as_user(otto)
    for path in ("consents", "may-contact"):
        assert client.get(url(f"customers/{acme.pk}/{path}/")).status_code == 404
    data = {"purpose": "marketing", "is_given": True}
    assert client.post(url(f"customers/{acme.pk}/consents/"), data).status_code == 404


def test_the_same_request_twice_is_recorded_once(ann: User, acme: Customer) -> None:
    client, path = as_user(ann), url(f"customers/{acme.pk}/consents/")
    for _ in range(2):
        answer = client.post(path, {"purpose": "survey", "is_given": True}, headers={"Idempotency-Key": "k"})
        assert answer.status_code == 201
    assert len(ids(client.get(path))) == 1


@pytest.mark.parametrize("count", [1, 30])
def test_it_costs_the_same_however_much_was_said(
    ann: User, acme: Customer, count: int, django_assert_max_num_queries: object
) -> None:
    for _ in range(count):
        record_consent(customer=acme, purpose="survey", is_given=True, by=ann, at=NOW)
    client = with_token(ann)
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        assert len(ids(client.get(url(f"customers/{acme.pk}/consents/")))) == count
