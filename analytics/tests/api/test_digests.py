import pytest

from analytics.models import MoverDigest
from analytics.operations.write_digests import write_digests
from analytics.tests.admin.conftest import fallen as fallen
from customers.models import Customer, Team, User
from tests.cast import NOW
from tests.client import as_user, ids, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(fallen: Customer, north: Team) -> MoverDigest:
    """North's digest, in which Acme fell."""
    write_digests(day=NOW.date(), at=NOW)
    line = {"customer": fallen.pk, "before": 60.0, "score": 45.5, "low_evidence": False, "factor": "quality"}
    MoverDigest.objects.filter(team=north).update(fell=1, lines={"fell": [line], "rose": []})
    return MoverDigest.objects.get(team=north)


def test_the_list_counts_and_the_digest_names(ann: User, told: MoverDigest, fallen: Customer) -> None:
    client = as_user(ann)
    (head,) = client.get(url("digests/")).json()["results"]
    assert (head["day"], head["fell"], head["rose"], head["team"]) == ("2026-06-03", 1, 0, told.team_id)
    assert "who_fell" not in head
    body = client.get(url(f"digests/{told.pk}/")).json()
    assert body["who_rose"] == []
    assert body["who_fell"] == [
        {
            "customer": fallen.pk,
            "before": 60.0,
            "score": 45.5,
            "change": -14.5,
            "low_evidence": False,
            "factor": "quality",
        }
    ]


def test_it_is_found_by_team_and_day(ann: User, told: MoverDigest) -> None:
    client = as_user(ann)
    assert ids(client.get(url(f"digests/?team={told.team_id}&day=2026-06-03"))) == [told.pk]
    assert ids(client.get(url("digests/?day=2026-06-04"))) == []
    assert client.get(url("digests/?day=soon")).status_code == 400


def test_an_outsider_finds_nothing(otto: User, told: MoverDigest) -> None:
    assert told.pk not in ids(as_user(otto).get(url("digests/")))
    assert as_user(otto).get(url(f"digests/{told.pk}/")).status_code == 404


def test_it_is_only_read(root: User, told: MoverDigest) -> None:
    for method in ("put", "patch", "delete"):
        assert getattr(as_user(root), method)(url(f"digests/{told.pk}/")).status_code == 405


def test_one_says_whether_they_come_by_mail(ann: User) -> None:
    client = as_user(ann)
    path = url("digests/by-mail/")
    assert client.get(path).json() == {"every": None, "language": "en"}
    refused = client.post(path, {"every": "day"}, format="json")
    assert refused.status_code == 400 and "no e-mail address" in refused.json()["detail"]
    ann.email = "ann@candid.example"
    ann.save()
    client = as_user(ann)
    asked = {"every": "week", "language": "zh-hans"}
    assert client.post(path, asked, format="json").json() == asked == client.get(path).json()
    assert client.post(path, {"every": None}, format="json").json() == {"every": None, "language": "zh-hans"}
