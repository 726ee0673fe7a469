"""Versions of the score over the API: drafted, changed, previewed, measured, activated, taken back."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission

from analytics.models import ScoreModelVersion, ScoringRun, VersionEvent
from analytics.operations import start_measuring as measuring
from analytics.operations import start_preview as previewing
from analytics.operations.work_chunks import work_chunks
from analytics.tests.histories import DAY, rating, score_everybody
from analytics.tests.versions import british, draft, organisations, segment
from customers.models import Customer, Segment, User
from customers.operations.observe import observe
from tests.cast import NOW
from tests.client import as_user, url

pytestmark = pytest.mark.django_db
VERSIONS = url("score-versions/")


@pytest.fixture(autouse=True)
def scored(acme: Customer, wang: Customer) -> None:
    """Acme is content, of Wang nothing is known; both have scores."""
    observe(facts=[rating(acme, 5, subject=n) for n in range(40)], at=NOW - DAY)
    score_everybody(at=NOW - DAY)


def one(version: ScoreModelVersion, verb: str = "") -> str:
    return f"{VERSIONS}{version.pk}/{verb}"


def drafted(user: User, **sent: Any) -> Any:
    return as_user(user).post(VERSIONS, sent)


def test_a_draft_takes_what_is_left_out_from_the_version_in_force(root: User) -> None:
    row = british()
    given = {
        "label": "Stricter",
        "parameters": {"quality": {"exponent": 2}},
        "overrides": [{"segment": row.pk, "parameters": {"price": {"exponent": -2}}}],
    }
    response = drafted(root, **given)
    assert response.status_code == 201, response.content
    made, now = response.json(), ScoreModelVersion.objects.active().get()
    assert (made["number"], made["state"], made["created_by"], made["activated_at"]) == (2, "draft", "root", None)
    assert made["parameters"]["quality"] == {**now.parameters["quality"], "exponent": 2.0}
    assert made["parameters"]["price"] == now.parameters["price"]
    assert made["overrides"] == [{"segment": row.pk, "name": "British", "parameters": {"price": {"exponent": -2.0}}}]
    assert response.headers["ETag"] == '"1"'


@pytest.mark.parametrize(
    ("sent", "errors"),
    [
        ({"parameters": {"quality": {"baseline": 1.5}}}, {"parameters": {"quality": {"baseline": ["x"]}}}),
        ({"parameters": {"quality": {"exponent": "nan"}}}, {"parameters": {"quality": {"exponent": ["x"]}}}),
        ({"parameters": {"charm": {}}}, {"parameters": {"charm": ["x"]}}),
        ({"parameters": {"price": {"weight": 1}}}, {"parameters": {"price": {"weight": ["x"]}}}),
        ({"overrides": [{"segment": 999}]}, {"overrides": ["x"]}),
        ({"state": "active"}, {"state": ["x"]}),
    ],
)
def test_what_cannot_be_is_refused_by_name(root: User, sent: dict[str, Any], errors: Any) -> None:
    response = drafted(root, **sent)
    assert response.status_code == 400

    def shape(value: Any) -> Any:
        return {key: shape(part) for key, part in value.items()} if isinstance(value, dict) else ["x"]

    assert shape(response.json()["errors"]) == errors
    assert ScoreModelVersion.objects.count() == 1


def test_segments_that_ask_for_scores_or_are_out_of_sight_are_refused(root: User, ann: User, bob: User) -> None:
    circle = segment("Unhappy", "score", "at_most", 40)
    response = drafted(root, overrides=[{"segment": circle.pk}])
    assert response.json()["errors"] == {
        "overrides": ["“Unhappy” asks for satisfaction scores, and a score may not depend on itself."]
    }
    mine = Segment.objects.create(name="Bob's", owner=bob, is_shared=False, definition=british().definition)
    ann.user_permissions.set(Permission.objects.filter(codename__contains="scoremodelversion"))
    response = drafted(ann, overrides=[{"segment": mine.pk}])
    assert response.json()["errors"] == {"overrides": ["There is no such segment, or you may not see it."]}


def test_a_draft_is_changed_under_its_etag(root: User) -> None:
    version, client = draft(british()), as_user(root)
    assert client.patch(one(version), {"label": "x"}).status_code == 428
    assert client.patch(one(version), {"label": "x"}, headers={"If-Match": '"7"'}).status_code == 412
    changes = {"parameters": {"price": {"half_life_days": 30}}, "overrides": []}
    response = client.patch(one(version), changes, headers={"If-Match": '"1"'})
    assert response.status_code == 200, response.content
    body = response.json()
    assert body["parameters"]["price"]["half_life_days"] == 30.0
    assert body["parameters"]["quality"] == version.parameters["quality"]
    assert (body["overrides"], response.headers["ETag"]) == ([], '"2"')


def test_an_override_whose_segment_is_gone_may_stay(root: User) -> None:
    row = british()
    version = draft(row)
    Segment.objects.all().delete()
    kept = {"overrides": [{"segment": row.pk, "parameters": {"quality": {"exponent": 3}}}]}
    response = as_user(root).patch(one(version), kept, headers={"If-Match": "*"})
    assert response.json()["overrides"][0]["name"] == "British"


def test_what_was_in_force_is_frozen(root: User) -> None:
    version, client = ScoreModelVersion.objects.get(), as_user(root)
    for method, sent in (("patch", {"label": "x"}), ("delete", None)):
        response = getattr(client, method)(one(version), sent, headers={"If-Match": "*"})
        assert (response.status_code, response.json()["code"]) == (409, "version_is_frozen")
    refused = client.post(one(version, "measure/"))
    assert (refused.status_code, refused.json()["code"]) == (409, "version_is_frozen")


def test_a_preview_tells_who_would_move_to_those_who_may_see_them(root: User, otto: User, acme: Customer) -> None:
    organisations()
    version = draft(parameters={"quality": {"exponent": 2.0}})
    assert as_user(root).get(one(version, "preview/")).status_code == 404
    body = as_user(root).post(one(version, "preview/")).json()
    assert (body["version"], body["against"], body["state"], body["is_old"]) == (2, 1, "done", False)
    result = body["result"]
    assert (result["customers"], result["moved"]["five"], result["rose"]) == (2, 1, 1)
    (mover,) = result["up"]
    assert (mover["customer"], mover["factor"]) == (acme.pk, "quality")
    assert 50 < mover["before"] < mover["after"]
    assert [row["name"] for row in result["segments"]] == ["Organisations"]
    assert as_user(root).get(one(version, "preview/")).json() == body
    Segment.objects.update(is_shared=False)  # it is nobody's but root's from now on
    hidden = as_user(otto).get(one(version, "preview/")).json()["result"]
    assert (hidden["up"], hidden["segments"], hidden["customers"]) == ([], [], 2)
    frozen = as_user(root).post(one(ScoreModelVersion.objects.get(number=1), "preview/"))
    assert (frozen.status_code, frozen.json()["code"]) == (409, "version_is_active")


def test_with_many_customers_preview_and_measuring_are_accepted_and_done_later(
    root: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previewing, "AT_ONCE", 0)
    monkeypatch.setattr(measuring, "AT_ONCE", 0)
    version, client = draft(), as_user(root)
    response = client.post(one(version, "preview/"))
    assert (response.status_code, response.json()["state"], response.json()["result"]) == (202, "todo", None)
    assert client.post(one(version, "measure/")).status_code == 202


def test_baselines_are_measured(root: User) -> None:
    version = draft()
    body = as_user(root).post(one(version, "measure/"), {}, headers={"If-Match": '"1"'}).json()
    assert body["parameters"]["quality"]["baseline"] == 0.999  # all ratings are the best
    assert as_user(root).post(one(version, "measure/"), {}, headers={"If-Match": '"1"'}).status_code == 412


def test_activating_and_rolling_back_are_on_record_and_scores_name_their_version(root: User, acme: Customer) -> None:
    version, client = draft(british()), as_user(root)
    assert client.post(one(version, "activate/"), {}, headers={"If-Match": '"9"'}).status_code == 412
    response = client.post(one(version, "activate/"))
    assert (response.status_code, response.json()["state"]) == (200, "active")
    run = ScoringRun.objects.first()
    assert run is not None
    list(work_chunks(clock=lambda: run.as_of))
    score = client.get(url(f"scores/{acme.pk}/")).json()
    assert (score["version"], score["override"]) == (2, "British")
    why = client.get(url(f"customers/{acme.pk}/score/")).json()
    assert (why["version"], why["override"], why["replayed"]) == (2, "British", score["score"])
    again = client.post(one(version, "activate/"))
    assert (again.status_code, again.json()["code"]) == (409, "version_is_active")

    first = ScoreModelVersion.objects.get(number=1)
    assert client.post(one(first, "activate/")).json()["state"] == "active"
    kinds = [event["kind"] for event in client.get(one(first, "events/")).json()]
    assert kinds == ["rolled_back", "activated"]
    assert client.get(one(first, "events/")).json()[0]["by"] == "root"


def test_a_draft_is_discarded_and_found_by_its_state(root: User) -> None:
    version, client = draft(), as_user(root)
    rows = client.get(f"{VERSIONS}?state=draft").json()["results"]
    assert [row["id"] for row in rows] == [version.pk]
    assert client.delete(one(version), headers={"If-Match": '"1"'}).status_code == 204
    assert client.get(f"{VERSIONS}?state=draft").json()["results"] == []
    assert VersionEvent.objects.filter(kind="discarded", by=root).exists()


def test_an_override_is_whole_also_where_a_part_of_the_draft_is_changed(root: User) -> None:
    version = drafted(root).json()
    client = as_user(root)
    path = url(f"score-versions/{version['id']}/")
    answer = client.patch(path, {"overrides": [{"parameters": {}}]}, format="json", headers={"If-Match": "*"})
    assert answer.status_code == 400
    assert answer.json()["errors"] == {"overrides": {"0": {"segment": ["This field is required."]}}}
