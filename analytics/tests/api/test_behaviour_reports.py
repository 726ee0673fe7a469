from typing import Any

import pytest
from django.urls import reverse

from analytics.models import SavedReport
from analytics.tests.admin.test_behaviour_reports import PERIOD, QUESTIONS, saved
from analytics.tests.admin.test_behaviour_reports import events as events
from analytics.tests.admin.test_behaviour_reports import lea as lea
from customers.models import Customer, Team, User
from customers.operations.create_segment import create_segment
from tests.cast import NOW
from tests.client import as_user

pytestmark = pytest.mark.django_db

LIST = "savedreport-list"
FUNNEL = {"name": "Way to buy", "kind": "funnel", "definition": {"period": PERIOD, **QUESTIONS["funnel"]}}


def test_it_makes_changes_and_deletes_a_report_of_its_version(lea: User) -> None:
    api = as_user(lea)
    made = api.post(reverse(LIST), FUNNEL, format="json")
    assert made.status_code == 201, made.json()
    body = made.json()
    assert (body["owner"], body["is_shared"], body["team"]) == (lea.pk, False, None)
    assert body["definition"]["window"] == {"count": 7, "unit": "days"}
    link = reverse("savedreport-detail", args=[body["id"]])
    changed = api.patch(link, {"name": "Other"}, format="json", headers={"If-Match": made.headers["ETag"]})
    assert changed.status_code == 200 and changed.json()["name"] == "Other"
    stale = api.patch(link, {"name": "Third"}, format="json", headers={"If-Match": made.headers["ETag"]})
    assert stale.status_code == 412
    assert api.delete(link, headers={"If-Match": changed.headers["ETag"]}).status_code == 204


@pytest.mark.parametrize(
    ("kind", "definition", "part"),
    [
        ("funnel", {"steps": [{"event": "Sign up"}]}, "steps"),
        ("funnel", {"steps": [{"event": "A"}, {"event": ""}]}, "steps.1"),
        (
            "funnel",
            {"steps": [{"event": "A"}, {"event": "B", "where": [{"property": "x", "op": "no"}]}]},
            "steps.1.where.0",
        ),
        ("funnel", {"steps": [{"event": "A"}, {"event": "B"}], "window": {"count": 0, "unit": "days"}}, "window"),
        ("funnel", {"steps": [{"event": "A"}, {"event": "B"}], "by": "day"}, "by"),
        ("trend", {"steps": [{"event": "A"}], "period": {"days": 401}}, "period"),
        ("trend", {"steps": [{"event": "A"}], "period": {"first": "2026-02-01", "last": "2026-01-01"}}, "period"),
        ("trend", {"steps": [{"event": "A"}], "time_zone": "../etc/passwd"}, "time_zone"),
        ("trend", {"steps": [{"event": "A"}], "segments": [99]}, "segments"),
        ("trend", {"steps": 5}, "steps"),
        ("retention", {"steps": [{"event": "A"}, {"event": "B"}], "columns": 61}, "columns"),
        ("paths", {"steps": [{"event": "A"}], "depth": True}, "depth"),
        ("sessions", {"steps": [{"event": "A"}]}, "steps"),
    ],
)
def test_it_says_which_part_of_a_question_is_wrong(lea: User, kind: str, definition: Any, part: str) -> None:
    body = {"name": "X", "kind": kind, "definition": definition}
    response = as_user(lea).post(reverse(LIST), body, format="json")
    assert response.status_code == 400
    assert [*response.json()["errors"]["definition"]] == [part], response.json()


def test_another_kind_needs_a_question_of_that_kind(lea: User) -> None:
    row = saved(lea)
    link = reverse("savedreport-detail", args=[row.pk])
    response = as_user(lea).patch(link, {"kind": "sessions"}, format="json", headers={"If-Match": '"1"'})
    assert response.status_code == 400 and "steps" in response.json()["errors"]["definition"]


def cells_of(data: Any) -> list[tuple[str, int]]:
    """Each cell of a result with the number of people that it names."""
    found = []
    if isinstance(data, dict):
        for name, people in (
            ("cell", "people"),
            ("dropped_cell", "dropped"),
            ("ended_cell", "ended"),
            ("cell", "began"),
        ):
            if data.get(name) and isinstance(data.get(people), int):
                found.append((data[name], data[people]))
        for value in data.values():
            found += cells_of(value)
    elif isinstance(data, list):
        for value in data:
            found += cells_of(value)
    return found


@pytest.mark.parametrize("kind", QUESTIONS)
def test_behind_each_number_of_a_result_stand_so_many(lea: User, root: User, events: None, kind: str) -> None:
    row = saved(lea, kind, is_shared=True)
    for user in (lea, root):
        api = as_user(user)
        result = api.get(reverse("savedreport-result", args=[row.pk]))
        assert result.status_code == 200, result.content
        (found,) = result.json()["results"]
        assert [name for name, value in found.items() if value is not None] == [kind]
        cells = cells_of(found)
        assert sum(people for _cell, people in cells)
        for cell, people in cells:
            behind = api.get(reverse("savedreport-customers", args=[row.pk]), {"cell": cell})
            assert behind.status_code == 200, (cell, behind.content)
            assert behind.json()["count"] + behind.json()["unknown"] == people, cell
            assert len(behind.json()["results"]) == behind.json()["count"]


def test_the_customers_come_in_pages(root: User, events: None) -> None:
    api, row = as_user(root), saved(root)
    link, seen, after = reverse("savedreport-customers", args=[row.pk]), [], 0
    for _page in range(9):
        asked: dict[str, Any] = {"cell": "reached:0", "page_size": 1, "after": after}
        body = api.get(link, asked).json()
        seen += [customer["id"] for customer in body["results"]]
        after = body["next"]
        if after is None:
            break
    assert seen == sorted(Customer.objects.values_list("pk", flat=True)) and len(seen) == 3


@pytest.mark.parametrize(
    ("asked", "status"),
    [({"cell": "no"}, 404), ({"cell": "reached:7"}, 404), ({"cell": "reached:0", "segment": 5}, 404)],
)
def test_it_refuses_a_cell_that_there_is_not(lea: User, asked: dict[str, Any], status: int) -> None:
    assert as_user(lea).get(reverse("savedreport-customers", args=[saved(lea).pk]), asked).status_code == status


@pytest.mark.parametrize("kind", QUESTIONS)
def test_without_a_cell_they_are_all_whom_it_counts(root: User, events: None, kind: str) -> None:
    body = as_user(root).get(reverse("savedreport-customers", args=[saved(root, kind).pk])).json()
    assert (body["count"], body["unknown"]) == ((2, 0) if kind == "trend" else (3, 1))


def test_segments_are_counted_each_by_itself(lea: User, acme: Customer, events: None) -> None:
    definitions = [{"fact": "kind", "op": "is", "value": kind} for kind in ("person", "organisation")]
    segments = [
        create_segment(name=f"S{n}", definition={"groups": [{"conditions": [one]}]}, owner=lea, at=NOW).pk
        for n, one in enumerate(definitions)
    ]
    row = saved(lea, definition={"period": PERIOD, **QUESTIONS["funnel"], "segments": segments})
    results = as_user(lea).get(reverse("savedreport-result", args=[row.pk])).json()["results"]
    assert [one["segment"] for one in results] == segments
    assert [[step["people"] for step in one["funnel"]] for one in results] == [[1, 1, 0], [1, 1, 1]]
    behind: dict[str, Any] = {"cell": "reached:2", "segment": segments[1]}
    body = as_user(lea).get(reverse("savedreport-customers", args=[row.pk]), behind).json()
    assert [customer["id"] for customer in body["results"]] == [acme.pk]


def test_a_report_whose_segment_is_gone_is_a_conflict(lea: User) -> None:
    row = saved(lea)
    SavedReport.objects.filter(pk=row.pk).update(definition={**row.definition, "segments": [99]})
    for page, asked in (("result", {}), ("customers", {"cell": "reached:0"})):
        response = as_user(lea).get(reverse(f"savedreport-{page}", args=[row.pk]), asked)
        assert response.status_code == 409


def test_another_teams_report_does_not_exist(lea: User, otto: User, north: Team) -> None:
    rows = [saved(lea), saved(lea, is_shared=True, team=north)]
    for row in rows:
        for page in ("detail", "result"):
            assert as_user(otto).get(reverse(f"savedreport-{page}", args=[row.pk])).status_code == 404
    assert as_user(otto).get(reverse(LIST)).json()["results"] == []


def test_nobody_shares_with_a_team_that_is_not_theirs(lea: User, south: Team) -> None:
    response = as_user(lea).post(reverse(LIST), {**FUNNEL, "is_shared": True, "team": south.pk}, format="json")
    assert response.status_code == 400 and "team" in response.json()["errors"]
