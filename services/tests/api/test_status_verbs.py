import pytest

from customers.models import User
from services.models import Ticket
from tests.client import as_user, url

pytestmark = pytest.mark.django_db

VERBS = ["pend", "hold", "solve", "reopen", "close"]


@pytest.mark.parametrize(
    ("verbs", "status"),
    [
        (["pend"], "pending"),
        (["hold"], "on_hold"),
        (["pend", "hold", "reopen"], "open"),
        (["solve"], "solved"),
        (["solve", "reopen"], "open"),
        (["solve", "close"], "closed"),
    ],
)
def test_verbs_move_the_status(ann: User, ticket: Ticket, verbs: list[str], status: str) -> None:
    client = as_user(ann)
    for verb in verbs:
        response = client.post(url(f"tickets/{ticket.pk}/{verb}/"))
        assert response.status_code == 200, response.content
    assert response.json()["status"] == status
    assert response.headers["ETag"] == f'"{response.json()["version"]}"'


@pytest.mark.parametrize(
    "verbs", [["close"], ["solve", "solve"], ["solve", "pend"], ["solve", "close", "reopen"], ["pend", "pend"]]
)
def test_a_step_that_the_table_has_not_is_a_conflict(ann: User, ticket: Ticket, verbs: list[str]) -> None:
    client = as_user(ann)
    for verb in verbs[:-1]:
        assert client.post(url(f"tickets/{ticket.pk}/{verb}/")).status_code == 200
    before = client.get(url(f"tickets/{ticket.pk}/")).json()
    response = client.post(url(f"tickets/{ticket.pk}/{verbs[-1]}/"))
    assert (response.status_code, response.json()["code"]) == (409, "illegal_transition")
    assert client.get(url(f"tickets/{ticket.pk}/")).json() == before


@pytest.mark.parametrize("verb", VERBS)
def test_a_stale_version_is_refused_before_anything_else(ann: User, ticket: Ticket, verb: str) -> None:
    response = as_user(ann).post(url(f"tickets/{ticket.pk}/{verb}/"), headers={"If-Match": '"999"'})
    assert response.status_code == 412


@pytest.mark.parametrize("verb", VERBS)
def test_it_takes_nothing_and_says_so(ann: User, ticket: Ticket, verb: str) -> None:
    response = as_user(ann).post(url(f"tickets/{ticket.pk}/{verb}/"), {"status": "solved"})
    assert (response.status_code, list(response.json()["errors"])) == (400, ["status"])


@pytest.mark.parametrize("verb", VERBS)
def test_an_outsider_is_refused(otto: User, ticket: Ticket, verb: str) -> None:
    assert as_user(otto).post(url(f"tickets/{ticket.pk}/{verb}/")).status_code == 404


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_is_posted(ann: User, ticket: Ticket, verb: str) -> None:
    assert as_user(ann).get(url(f"tickets/{ticket.pk}/{verb}/")).status_code == 405


def test_the_same_key_solves_once(ann: User, ticket: Ticket) -> None:
    client, key = as_user(ann), {"Idempotency-Key": "solve-1"}
    first = client.post(url(f"tickets/{ticket.pk}/solve/"), headers=key)
    second = client.post(url(f"tickets/{ticket.pk}/solve/"), headers=key)
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json()
    assert first.headers["ETag"] == second.headers["ETag"]
