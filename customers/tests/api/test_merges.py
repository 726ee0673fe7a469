from typing import Any

import pytest

from customers.models import Customer, Merge, Team, User
from customers.operations.log_interaction import log_interaction
from customers.operations.merge_customers import merge_customers
from customers.operations.undo_merge import undo_merge
from customers.operations.update_customer import update_customer
from customers.tests.operations.merging import twins
from tests.cast import NOW
from tests.client import as_user, ids, url, with_token

pytestmark = pytest.mark.django_db

Twins = tuple[Customer, Customer]


@pytest.fixture
def pair(north: Team) -> Twins:
    """Acme, twice."""
    return twins(north)


def test_one_is_merged_into_the_other(bob: User, pair: Twins) -> None:
    kept, gone = pair
    log_interaction(customer=gone, kind="call", direction="inbound", subject="x", author=bob, at=NOW)
    answer = as_user(bob).post(
        url(f"customers/{kept.pk}/merge/"),
        {"gone": gone.pk, "choices": {"name": "gone"}},
        headers={"If-Match": kept.etag()},
    )
    assert answer.status_code == 200, answer.content
    assert answer.json()["moved"] == {"interaction": 1}
    assert Customer.objects.living().get().name == gone.name


def test_if_match_names_the_kept_one(bob: User, pair: Twins) -> None:
    kept, gone = pair
    answer = as_user(bob).post(url(f"customers/{kept.pk}/merge/"), {"gone": gone.pk}, headers={"If-Match": '"7"'})
    assert (answer.status_code, answer.json()["code"]) == (412, "stale")
    assert answer.json()["current"]["values"] == as_user(bob).get(url(f"customers/{kept.pk}/")).json()
    assert not Merge.objects.exists()


def test_it_refuses_two_that_cannot_be_one(bob: User, pair: Twins, wang: Customer) -> None:
    kept, _ = pair
    for other in (kept, wang):
        answer = as_user(bob).post(url(f"customers/{kept.pk}/merge/"), {"gone": other.pk})
        assert (answer.status_code, answer.json()["code"]) == (409, "merge_refused")


def test_whom_one_may_not_see_one_does_not_merge(south: Team, bob: User, pair: Twins) -> None:
    kept, gone = pair
    Customer.objects.filter(pk=gone.pk).update(team=south)
    answer = as_user(bob).post(url(f"customers/{kept.pk}/merge/"), {"gone": gone.pk})
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["gone"]
    assert as_user(bob).post(url(f"customers/{gone.pk}/merge/"), {"gone": kept.pk}).status_code == 404


def test_agents_do_not_merge(ann: User, pair: Twins) -> None:
    kept, gone = pair
    assert as_user(ann).post(url(f"customers/{kept.pk}/merge/"), {"gone": gone.pk}).status_code == 403


@pytest.mark.parametrize("path", ["", "timeline/", "score/", "preferences/"])
def test_the_one_who_is_gone_says_where_to(root: User, pair: Twins, path: str) -> None:
    kept, gone = pair
    merge = merge_customers(kept=kept, gone=gone, by=root, at=NOW)
    answer = as_user(root).get(url(f"customers/{gone.pk}/{path}"))
    assert answer.status_code == 410
    assert answer.json() | {"detail": ""} == {"status": 410, "code": "merged", "detail": "", "merged_into": kept.pk}
    undo_merge(merge=merge, by=root, at=NOW)
    assert as_user(root).get(url(f"customers/{gone.pk}/{path}")).status_code in (200, 404)  # nobody was scored


def test_it_says_so_to_those_alone_who_may_see_the_kept_one(otto: User, bob: User, pair: Twins) -> None:
    kept, gone = pair
    merge_customers(kept=kept, gone=gone, by=bob, at=NOW)
    assert as_user(otto).get(url(f"customers/{gone.pk}/")).status_code == 404
    assert as_user(bob).get(url("customers/999999/")).status_code == 404
    for method, data in (("patch", {"name": "x"}), ("delete", None)):
        answer = getattr(as_user(bob), method)(url(f"customers/{gone.pk}/"), data, headers={"If-Match": "*"})
        assert answer.status_code == 410, method


def test_a_merged_customer_is_no_choice_any_more(bob: User, pair: Twins) -> None:
    kept, gone = pair
    merge_customers(kept=kept, gone=gone, by=bob, at=NOW)
    data = {"customer": gone.pk, "kind": "call", "subject": "x"}
    answer = as_user(bob).post(url("interactions/"), data)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["customer"]
    assert ids(as_user(bob).get(url("customers/"))) == [kept.pk]


def test_a_merge_is_undone_and_says_what_is_not_as_it_was(bob: User, pair: Twins) -> None:
    kept, gone = pair
    merge = merge_customers(kept=kept, gone=gone, by=bob, at=NOW, choices={"name": "gone"})
    update_customer(customer=kept, changes={"name": "Acme"}, at=NOW)
    answer = as_user(bob).post(url(f"merges/{merge.pk}/undo/"))
    assert answer.status_code == 200, answer.content
    assert (answer.json()["edited"], answer.json()["missing"]) == (["name"], {})
    assert answer.json()["merge"]["undone_by"] == bob.pk
    again = as_user(bob).post(url(f"merges/{merge.pk}/undo/"))
    assert (again.status_code, again.json()["code"]) == (409, "undo_refused")


def test_the_log_is_narrowed_to_a_customer_and_to_what_stands(north: Team, bob: User, otto: User) -> None:
    rows = []
    for _ in range(2):
        kept, gone = twins(north)
        rows.append(merge_customers(kept=kept, gone=gone, by=bob, at=NOW))
    first, second = rows
    undo_merge(merge=first, by=bob, at=NOW)

    def found(question: str) -> list[int]:
        return ids(as_user(bob).get(url(f"merges/?{question}")))

    assert found("") == [second.pk, first.pk]
    assert found(f"kept={first.kept_id}") == found(f"gone={first.gone_id}") == found("undone=true") == [first.pk]
    assert found("undone=false") == [second.pk]
    assert ids(as_user(otto).get(url("merges/"))) == []


@pytest.mark.parametrize("count", [3, 30])
def test_a_list_costs_the_same_however_long(
    north: Team, bob: User, count: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(count):
        kept, gone = twins(north)
        merge_customers(kept=kept, gone=gone, by=bob, at=NOW)
    client = with_token(bob)
    with django_assert_max_num_queries(8):
        assert len(ids(client.get(url("merges/")))) == count
