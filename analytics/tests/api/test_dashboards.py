"""Dashboards, tiles and scheduled reports over the API."""

from typing import Any

import pytest
from django.urls import reverse

from analytics.models import Dashboard, ScheduledReport, Tile
from analytics.tests.admin.test_behaviour_reports import events as events
from analytics.tests.admin.test_behaviour_reports import saved
from analytics.tests.boards import a_board, a_schedule, a_tile
from analytics.tests.boards import lea as lea
from analytics.tests.boards import max_ as max_
from customers.models import Job, Team, User
from tests.client import as_user, ids

pytestmark = pytest.mark.django_db


@pytest.fixture
def board(lea: User, north: Team) -> Dashboard:
    return a_board(lea, is_shared=True, team=north)


def test_a_dashboard_is_made_filled_arranged_and_deleted(lea: User) -> None:
    api = as_user(lea)
    made = api.post(reverse("dashboard-list"), {"name": "Monday"}, format="json")
    assert made.status_code == 201, made.json()
    key = made.json()["id"]
    assert (made.json()["owner"], made.json()["tiles"], made.headers["ETag"]) == (lea.pk, [], '"1"')
    body = {"dashboard": key, "source": "orders", "shape": "bar"}
    tiles = [api.post(reverse("tile-list"), body, format="json").json()["id"] for _ in range(2)]
    arranged = api.post(reverse("dashboard-arrange", args=[key]), {"tiles": tiles[::-1]}, format="json")
    assert arranged.json()["tiles"] == tiles[::-1] and arranged.headers["ETag"] == '"2"'
    link = reverse("dashboard-detail", args=[key])
    assert api.delete(link).status_code == 428
    assert api.delete(link, headers={"If-Match": '"1"'}).status_code == 412
    assert api.delete(link, headers={"If-Match": '"2"'}).status_code == 204
    assert not Tile.objects.exists()


def test_a_tile_is_changed_of_its_version_and_stays_on_its_dashboard(lea: User, board: Dashboard) -> None:
    api, tile = as_user(lea), a_tile(board, lea, "orders", "bar")
    link = reverse("tile-detail", args=[tile.pk])
    changed = api.patch(link, {"shape": "line", "width": 4}, format="json", headers={"If-Match": '"1"'})
    assert changed.status_code == 200 and changed.json()["shape"] == "line"
    other = a_board(lea, "Other")
    moved = api.patch(link, {"dashboard": other.pk}, format="json", headers={"If-Match": '"2"'})
    assert moved.status_code == 400 and "dashboard" in moved.json()["errors"]
    assert ids(api.get(reverse("tile-list"), {"dashboard": board.pk})) == [tile.pk]
    assert ids(api.get(reverse("tile-list"), {"dashboard": other.pk})) == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"source": "targets", "shape": "line"}, "shape"),
        ({"source": "report", "shape": "line"}, "report"),
        ({"source": "forecast", "shape": "line"}, "product"),
        ({"source": "x", "shape": "line"}, "source"),
        ({"source": "orders", "shape": "bar", "days": 0}, "days"),
        ({"source": "orders", "shape": "bar", "place": 3}, "place"),
        ({"source": "orders", "shape": "bar", "report": 99}, "report"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(lea: User, board: Dashboard, wrong: Any, field: str) -> None:
    response = as_user(lea).post(reverse("tile-list"), {"dashboard": board.pk, **wrong}, format="json")
    assert response.status_code == 400 and field in response.json()["errors"], response.json()


@pytest.mark.usefixtures("events")
def test_a_tile_tells_its_data_with_links(lea: User, board: Dashboard) -> None:
    tile = a_tile(board, lea, "report", "funnel", report=saved(lea))
    data = as_user(lea).get(reverse("tile-data", args=[tile.pk])).json()
    assert (data["title"], data["problem"], data["is_empty"]) == ("My funnel", "", False)
    assert data["number"]["value"] == 0.5 and data["number"]["form"] == "share"
    (part,) = data["parts"]
    assert part["header"][1] == "People"
    assert [line[1]["value"] for line in part["lines"]] == [2, 2, 1]
    assert part["lines"][0][1]["link"].startswith("http") and part["lines"][0][0]["link"] is None


@pytest.mark.usefixtures("events")
def test_the_key_of_a_report_out_of_sight_is_not_told(lea: User, max_: User, board: Dashboard) -> None:
    report = saved(lea)
    tile = a_tile(board, lea, "report", "funnel", report=report)
    link = reverse("tile-detail", args=[tile.pk])
    assert as_user(lea).get(link).json()["report"] == report.pk
    assert as_user(max_).get(link).json()["report"] is None
    assert as_user(max_).get(reverse("tile-data", args=[tile.pk])).json()["problem"]


def test_it_is_copied(lea: User, max_: User, board: Dashboard) -> None:
    a_tile(board, lea)
    copy = as_user(max_).post(reverse("dashboard-copy", args=[board.pk]), {}, format="json")
    assert copy.status_code == 200 and copy.json()["owner"] == max_.pk and len(copy.json()["tiles"]) == 1


def test_agents_look_and_change_nothing(ann: User, otto: User, lea: User, board: Dashboard) -> None:
    tile = a_tile(board, lea)
    assert as_user(ann).get(reverse("tile-detail", args=[tile.pk])).status_code == 200
    assert as_user(ann).post(reverse("dashboard-copy", args=[board.pk]), {}, format="json").status_code == 403
    assert as_user(ann).post(reverse("tile-list"), {}, format="json").status_code == 403
    assert as_user(otto).get(reverse("dashboard-detail", args=[board.pk])).status_code == 404
    assert as_user(otto).get(reverse("tile-data", args=[tile.pk])).status_code == 404


def test_it_is_scheduled_changed_sent_and_left(lea: User, max_: User, board: Dashboard) -> None:
    api = as_user(lea)
    body = {"dashboard": board.pk, "recipients": [lea.pk, max_.pk], "every": "month", "month_day": 31, "hour": 6}
    made = api.post(reverse("scheduledreport-list"), body, format="json")
    assert made.status_code == 201, made.json()
    row = made.json()
    assert "recipients" not in row and row["next_at"]
    assert [one["user"] for one in row["standing"]] == [lea.pk, max_.pk]
    link = reverse("scheduledreport-detail", args=[row["id"]])
    changed = api.patch(link, {"is_active": False}, format="json", headers={"If-Match": '"1"'})
    assert changed.json()["next_at"] is None
    assert api.post(reverse("scheduledreport-send", args=[row["id"]]), {}, format="json").status_code == 200
    assert Job.objects.count() == 1
    theirs = as_user(max_)
    assert [one["user"] for one in theirs.get(link).json()["standing"]] == [max_.pk]
    assert theirs.patch(link, {"hour": 3}, format="json", headers={"If-Match": '"2"'}).status_code == 403
    assert theirs.delete(link, headers={"If-Match": '"2"'}).status_code == 403
    assert theirs.post(reverse("scheduledreport-leave", args=[row["id"]]), {}, format="json").status_code == 200
    assert theirs.get(link).status_code == 404
    assert ids(api.get(reverse("scheduledreport-list"), {"dashboard": board.pk})) == [row["id"]]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"recipients": []}, "recipients"),
        ({"recipients": [999]}, "recipients"),
        ({"time_zone": "Nowhere"}, "time_zone"),
        ({"hour": 24}, "hour"),
        ({"month_day": 0}, "month_day"),
        ({"every": "hour"}, "every"),
        ({"dashboard": None}, "non_field_errors"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused(lea: User, board: Dashboard, wrong: Any, field: str) -> None:
    body = {"dashboard": board.pk, "recipients": [lea.pk], **wrong}
    response = as_user(lea).post(reverse("scheduledreport-list"), body, format="json")
    assert response.status_code == 400 and field in response.json()["errors"], response.json()
    assert not ScheduledReport.objects.exists()


def test_what_somebody_else_scheduled_is_not_there(lea: User, max_: User, board: Dashboard) -> None:
    row = a_schedule(lea, lea, of=board)
    theirs = as_user(max_)
    assert theirs.get(reverse("scheduledreport-detail", args=[row.pk])).status_code == 404
    assert theirs.get(reverse("scheduledreport-list")).json()["results"] == []


def test_the_list_names_nobody(lea: User, max_: User, board: Dashboard) -> None:
    a_schedule(lea, max_, of=board)
    (row,) = as_user(max_).get(reverse("scheduledreport-list")).json()["results"]
    assert "standing" not in row and row["owner"] == lea.pk
