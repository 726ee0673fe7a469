import pytest

from customers.models import Customer, RelationType, User
from customers.tests.api.test_relations import relate
from tests.client import as_user, ids, url

pytestmark = pytest.mark.django_db


def test_everybody_reads_the_catalogue(ann: User, otto: User) -> None:
    for user in (ann, otto):
        assert len(ids(as_user(user).get(url("relation-types/")))) == RelationType.objects.count()


def test_with_us_narrows_it_down(ann: User) -> None:
    rows = as_user(ann).get(url("relation-types/?with_us=true")).json()["results"]
    assert {row["code"] for row in rows} == {"prospect", "client", "former-client", "partner", "supplier"}


def test_an_agent_cannot_change_it(ann: User) -> None:
    data = {"code": "rival", "name": "rival of ours", "inverse_name": "we fight"}
    assert as_user(ann).post(url("relation-types/"), data).status_code == 403


def test_the_back_office_can(bob: User) -> None:
    data = {"code": "rival", "name": "rival of ours", "inverse_name": "we fight", "is_with_us": True}
    made = as_user(bob).post(url("relation-types/"), data)
    assert made.status_code == 201, made.content
    path = url(f"relation-types/{made.json()['id']}/")
    assert as_user(bob).patch(path, {"name": "rival"}, headers={"If-Match": '"1"'}).json()["version"] == 2
    assert as_user(bob).delete(path, headers={"If-Match": '"2"'}).status_code == 204


def test_a_code_is_used_once(bob: User) -> None:
    data = {"code": "client", "name": "x", "inverse_name": "y"}
    response = as_user(bob).post(url("relation-types/"), data)
    assert (response.status_code, list(response.json()["errors"])) == (400, ["code"])


def test_a_type_in_use_cannot_be_deleted(bob: User, acme: Customer) -> None:
    relation = relate("client", acme)
    path = url(f"relation-types/{relation.type_id}/")
    response = as_user(bob).delete(path, headers={"If-Match": "*"})
    assert (response.status_code, response.json()["code"]) == (409, "in_use")
    assert "relations" in response.json()["detail"]


def test_pages_have_numbers(ann: User) -> None:
    first = as_user(ann).get(url("relation-types/?page_size=4")).json()
    assert (first["count"], len(first["results"])) == (RelationType.objects.count(), 4)
    second = as_user(ann).get(first["next"]).json()
    assert not {row["id"] for row in first["results"]} & {row["id"] for row in second["results"]}
    assert as_user(ann).get(url("relation-types/?page=99")).status_code == 404
    assert as_user(ann).get(url("relation-types/?page_size=201")).status_code == 400


def test_kinds_that_relations_need_are_kept(bob: User, acme: Customer, wang: Customer) -> None:
    path = url(f"relation-types/{relate('works-for', wang, acme).type_id}/")
    response = as_user(bob).patch(path, {"from_kind": "organisation"}, headers={"If-Match": "*"})
    assert (response.status_code, list(response.json()["errors"])) == (400, ["from_kind"])
    assert "1 relation" in response.json()["detail"]


def test_a_relation_to_us_is_no_household(bob: User) -> None:
    path = url(f"relation-types/{RelationType.objects.get(code='client').pk}/")
    response = as_user(bob).patch(path, {"is_household": True}, headers={"If-Match": "*"})
    assert (response.status_code, list(response.json()["errors"])) == (400, ["is_with_us"])
