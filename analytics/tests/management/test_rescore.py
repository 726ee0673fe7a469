import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from analytics.choices import RunKind, RunState
from analytics.models import CustomerScore, ScoreSnapshot, ScoringRun
from analytics.tests.histories import DAY, populate, rating
from customers.models import Customer, Team
from customers.operations.observe import observe

pytestmark = pytest.mark.django_db


def rescore(**options: object) -> dict[str, Any]:
    out = StringIO()
    call_command("rescore", json=True, stdout=out, **options)
    result: dict[str, Any] = json.loads(out.getvalue())
    return result


def test_it_scores_everybody_and_says_so(north: Team) -> None:
    populate(north, 12)
    result = rescore()
    assert list(result) == ["run", "customers", "seconds", "failed"]
    assert (result["customers"], result["failed"]) == (12, 0)
    assert CustomerScore.objects.filter(run=result["run"]).count() == 12


def test_an_empty_system_is_no_error() -> None:
    result = rescore()
    assert (result["customers"], result["failed"]) == (0, 0)


def test_stale_takes_the_changed_only(acme: Customer, wang: Customer) -> None:
    rescore()
    assert rescore(stale=True) == {"run": None, "customers": 0, "seconds": pytest.approx(0, abs=9), "failed": 0}
    at = timezone.now()
    observe(facts=[rating(acme, 1, at=at)], at=at)
    result = rescore(stale=True)
    assert result["customers"] == 1
    assert CustomerScore.objects.get(run=result["run"]).pk == acme.pk


def test_as_of_writes_the_history_of_that_day(acme: Customer) -> None:
    long_ago = timezone.now() - 40 * DAY
    observe(facts=[rating(acme, 1, at=long_ago)], at=long_ago)
    day = (timezone.now() - 20 * DAY).date().isoformat()
    rescore(as_of=day)
    snapshot = ScoreSnapshot.objects.get()
    assert timezone.localtime(snapshot.as_of).date().isoformat() == day
    assert ScoringRun.objects.get().kind == RunKind.REPLAY
    assert not CustomerScore.objects.exists()


def test_nonsense_is_refused_with_a_message(acme: Customer) -> None:
    with pytest.raises(CommandError, match="not yesterday"):
        rescore(as_of="yesterday")
    with pytest.raises(CommandError, match="Choose one"):
        rescore(as_of="2026-01-01", stale=True)


def test_no_work_leaves_the_run_to_the_workers(acme: Customer) -> None:
    result = rescore(no_work=True)
    assert ScoringRun.objects.get(pk=result["run"]).state == RunState.RUNNING


def test_failure_is_not_success(acme: Customer, wang: Customer) -> None:
    at = timezone.now()
    observe(facts=[rating(acme, 99, at=at)], at=at)
    out = StringIO()
    with pytest.raises(CommandError, match="Not everybody"):
        call_command("rescore", json=True, stdout=out)
    assert json.loads(out.getvalue())["failed"] == 1
    assert set(CustomerScore.objects.values_list("pk", flat=True)) == {wang.pk}


def test_it_speaks_to_people_too(acme: Customer) -> None:
    out = StringIO()
    call_command("rescore", stdout=out)
    assert "1 customers" in out.getvalue()
