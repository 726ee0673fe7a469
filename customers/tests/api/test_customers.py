from typing import Any

import pytest

from customers.models import ContactPoint, Customer, Team, User
from customers.operations.create_customer import create_customer
from customers.operations.records import ContactRecord
from tests.cast import NOW
from tests.client import as_user, ids, url, with_token

pytestmark = pytest.mark.django_db


def reached(team: Team, name: str, *points: tuple[str, str], **extra: Any) -> Customer:
    return create_customer(
        name=name, team=team, at=NOW, contact_points=[ContactRecord(kind, value) for kind, value in points], **extra
    )


def test_it_lists_newest_first(ann: User, acme: Customer, wang: Customer) -> None:
    assert ids(as_user(ann).get(url("customers/"))) == [wang.pk, acme.pk]


def test_an_outsider_sees_none_of_them(otto: User, acme: Customer) -> None:
    assert ids(as_user(otto).get(url("customers/"))) == []
    assert as_user(otto).get(url(f"customers/{acme.pk}/")).status_code == 404


def test_an_outsider_cannot_write_what_they_cannot_see(otto: User, acme: Customer) -> None:
    client = as_user(otto)
    assert client.patch(url(f"customers/{acme.pk}/"), {"name": "x"}, headers={"If-Match": "*"}).status_code == 404
    assert client.put(url(f"customers/{acme.pk}/"), {"name": "x"}, headers={"If-Match": "*"}).status_code == 404


def test_a_stranger_is_asked_who_they_are(acme: Customer, client: Any) -> None:
    response = client.get(url("customers/"))
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_reading_needs_the_view_permission(north: Team, acme: Customer) -> None:
    user = User.objects.create_user("nobody")
    user.teams.add(north)
    assert as_user(user).get(url("customers/")).status_code == 403


def test_it_creates_a_customer_with_contact_points(ann: User, north: Team) -> None:
    response = as_user(ann).post(
        url("customers/"),
        {
            "name": "王芳",
            "team": north.pk,
            "country": "CN",
            "language": "zh-hans",
            "contact_points": [{"kind": "email", "value": "wang@example.com", "label": "work", "is_primary": True}],
        },
    )
    assert response.status_code == 201, response.content
    body = response.json()
    assert (body["name"], body["kind"], body["version"]) == ("王芳", "person", 1)
    assert response.headers["ETag"] == '"1"'
    assert body["contact_points"] == [
        {"kind": "email", "value": "wang@example.com", "label": "work", "is_primary": True}
    ]
    assert Customer.objects.get(pk=body["id"]).contact_points.get().value == "wang@example.com"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "   "),
        ("name", "a\x00b"),
        ("name", 5),
        ("name", "x" * 256),
        ("country", "gb"),
        ("language", "English!"),
        ("kind", "robot"),
        ("attributes", {"a": "b\x00"}),
        ("attributes", [1]),
        ("attributes", {"n": 2**64}),
        ("team", 10**30),
        ("owner", "ann"),
        ("contact_points", [{"kind": "email", "value": "not an address"}]),
        ("contact_points", [{"kind": "phone", "value": "call me"}]),
        ("contact_points", [{"kind": "email", "value": "a@b.com", "colour": "red"}]),
        ("contact_points", [{"kind": "email", "value": "a@b.com"}, {"kind": "email", "value": "A@B.com"}]),
        ("nickname", "W"),
        ("version", 7),
    ],
)
def test_it_refuses_what_is_not_right_and_names_it(ann: User, north: Team, field: str, value: Any) -> None:
    response = as_user(ann).post(url("customers/"), {"name": "W", "team": north.pk, field: value})
    assert response.status_code == 400
    assert list(response.json()["errors"]) == [field]
    assert response.json()["detail"].startswith(field)
    assert not Customer.objects.exists()


def test_a_lone_surrogate_is_refused(ann: User, north: Team) -> None:
    body = f'{{"name": "\\ud800", "team": {north.pk}, "attributes": {{"a": "\\udfff"}}}}'
    response = as_user(ann).generic("POST", url("customers/"), body, content_type="application/json")
    assert response.status_code == 400
    assert "surrogates" in response.json()["detail"]
    assert not Customer.objects.exists()


def test_another_team_does_not_exist_for_them(ann: User, south: Team) -> None:
    response = as_user(ann).post(url("customers/"), {"name": "W", "team": south.pk})
    assert response.status_code == 400
    assert "does not exist" in response.json()["errors"]["team"][0]


def test_malformed_json_is_refused(ann: User) -> None:
    client = as_user(ann)
    bodies: list[Any] = [
        "{",
        "[1]",
        "[" * 100_000,
        '{"name": "x", "team": NaN}',
        "\udcff".encode("utf-8", "surrogatepass"),
    ]
    for body in bodies:
        response = client.generic("POST", url("customers/"), body, content_type="application/json")
        assert response.status_code == 400, body[:20]


def test_a_change_needs_the_version_that_was_read(ann: User, acme: Customer) -> None:
    client, path = as_user(ann), url(f"customers/{acme.pk}/")
    assert client.patch(path, {"name": "New"}).status_code == 428
    etag = client.get(path).headers["ETag"]
    changed = client.patch(path, {"name": "New"}, headers={"If-Match": etag})
    assert changed.status_code == 200
    assert changed.json()["name"] == "New"
    assert changed.headers["ETag"] == '"2"'
    stale = client.patch(path, {"name": "Newer"}, headers={"If-Match": etag})
    assert stale.status_code == 412
    assert stale.json()["code"] == "stale"
    assert Customer.objects.get(pk=acme.pk).name == "New"


def test_whoever_insists_may_write_over_any_version(ann: User, acme: Customer) -> None:
    response = as_user(ann).patch(url(f"customers/{acme.pk}/"), {"name": "New"}, headers={"If-Match": "*"})
    assert response.status_code == 200


@pytest.mark.parametrize("tag", ["1", 'W/"1"', '"one"', '"1", "2"', '"' + "9" * 40 + '"', '"١"'.encode()])
def test_an_etag_that_was_never_ours_is_stale(ann: User, acme: Customer, tag: Any) -> None:
    tag = tag.decode("latin-1") if isinstance(tag, bytes) else tag
    response = as_user(ann).patch(url(f"customers/{acme.pk}/"), {"name": "New"}, headers={"If-Match": tag})
    assert response.status_code == 412


def test_put_replaces_contact_points_and_keeps_the_rows_that_stay(ann: User, north: Team) -> None:
    wang = reached(north, "Wang", ("email", "wang@example.com"), ("phone", "+861012345678"))
    kept = wang.contact_points.get(kind="email")
    response = as_user(ann).put(
        url(f"customers/{wang.pk}/"),
        {
            "kind": "person",
            "name": "Wang",
            "team": north.pk,
            "contact_points": [{"kind": "email", "value": "Wang@example.com"}, {"kind": "messenger", "value": "wx1"}],
        },
        headers={"If-Match": '"1"'},
    )
    assert response.status_code == 200, response.content
    assert {(p.kind, p.value) for p in wang.contact_points.all()} == {
        ("email", "Wang@example.com"),
        ("messenger", "wx1"),
    }
    assert ContactPoint.objects.get(kind="email").pk == kept.pk


def test_a_change_is_an_activity(ann: User, acme: Customer) -> None:
    before = acme.activity_version
    as_user(ann).patch(url(f"customers/{acme.pk}/"), {"industry": "pumps"}, headers={"If-Match": "*"})
    acme.refresh_from_db()
    assert acme.activity_version == before + 1


def test_delete_needs_permission_and_version(ann: User, bob: User, acme: Customer) -> None:
    path = url(f"customers/{acme.pk}/")
    assert as_user(ann).delete(path, headers={"If-Match": "*"}).status_code == 403
    assert as_user(bob).delete(path).status_code == 428
    assert as_user(bob).delete(path, headers={"If-Match": '"9"'}).status_code == 412
    assert as_user(bob).delete(path, headers={"If-Match": '"1"'}).status_code == 204
    assert not Customer.objects.exists()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=pump", {"Acme Pumps"}),
        ("q=ANN%40example.com", {"Ann"}),
        ("q=%2B442079460000", {"Ann"}),
        ("email=ann@EXAMPLE.com", {"Ann"}),
        ("phone=%2B44 20 7946 0000", {"Ann"}),
        ("phone=020 7946 0000&country=GB", {"Ann"}),
        ("phone=020 7946 0000", set()),
        ("kind=organisation", {"Acme Pumps"}),
        ("name=acme", {"Acme Pumps"}),
        ("country=GB", {"Acme Pumps", "Ann"}),
        ("team=999999", set()),
        ("owner=1&kind=person", set()),
        ("active_after=2030-01-01T00:00:00Z", set()),
        ("relation=client", set()),
    ],
)
def test_it_filters(bob: User, north: Team, acme: Customer, query: str, found: set[str]) -> None:
    reached(north, "Ann", ("email", "ann@example.com"), ("phone", "020 7946 0000"), country="GB")
    rows = as_user(bob).get(url(f"customers/?{query}")).json()["results"]
    assert {row["name"] for row in rows} == found


def test_a_lookup_by_email_finds_nothing_out_of_sight(otto: User, north: Team) -> None:
    reached(north, "Ann", ("email", "ann@example.com"))
    assert ids(as_user(otto).get(url("customers/?email=ann@example.com"))) == []


@pytest.mark.parametrize(
    "query",
    [
        "emial=a",
        "q=%00",
        "kind=robot",
        "team=abc",
        "team=99999999999999999999999",
        "team=1e3",
        "page_size=0",
        "page_size=201",
        "page_size=x",
        "cursor=x",
        "cursor=%00",
        "ordering=password",
        "ordering=-attributes",
        "active_after=yesterday",
        "active_after=0001-01-01T00:00:00%2B23:59",
    ],
)
def test_a_parameter_that_is_not_right_is_refused(ann: User, query: str) -> None:
    response = as_user(ann).get(url(f"customers/?{query}"))
    assert response.status_code == 400
    assert list(response.json()["errors"]) == [query.split("=")[0]]


@pytest.mark.parametrize("key", ["0", "-1", "abc", "1.5", "99999999999999999999999999", "%00", "1%20", "１２x"])
def test_a_key_that_is_none_is_not_found(ann: User, key: str) -> None:
    assert as_user(ann).get(url(f"customers/{key}/")).status_code == 404


def test_pages_go_on_where_the_last_one_ended(ann: User, north: Team) -> None:
    made = [reached(north, f"C{n % 3}").pk for n in range(7)]
    client = as_user(ann)
    for ordering, expected in (("-id", made[::-1]), ("id", made)):
        seen: list[int] = []
        path: str | None = url(f"customers/?page_size=3&ordering={ordering}")
        while path:
            page = client.get(path).json()
            seen += [row["id"] for row in page["results"]]
            path = page["next"]
        assert seen == expected


def test_pages_sorted_by_name_show_every_row_once(ann: User, north: Team) -> None:
    for n in range(9):
        reached(north, f"C{n % 2}")
    client, seen = as_user(ann), []
    path: str | None = url("customers/?page_size=2&ordering=name")
    while path:
        page = client.get(path).json()
        seen += [(row["name"], row["id"]) for row in page["results"]]
        path = page["next"]
    assert seen == sorted(seen)
    assert len(set(seen)) == 9


def test_a_cursor_of_another_ordering_is_refused(ann: User, north: Team) -> None:
    reached(north, "A")
    reached(north, "B")
    client = as_user(ann)
    following = client.get(url("customers/?page_size=1")).json()["next"]
    assert client.get(following.replace("page_size=1", "page_size=1&ordering=name")).status_code == 400


@pytest.mark.parametrize("count", [3, 50])
def test_a_list_costs_the_same_however_long(
    ann: User, north: Team, count: int, django_assert_max_num_queries: Any
) -> None:
    for n in range(count):
        reached(north, f"C{n}", ("email", f"c{n}@example.com"))
    client = with_token(ann)
    with django_assert_max_num_queries(8):
        assert len(ids(client.get(url("customers/")))) == count
