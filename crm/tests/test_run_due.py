import pytest
from django.core.management import call_command
from django.utils import timezone

from analytics.choices import RunState
from analytics.models import CustomerScore, ScoringRun
from analytics.tests.histories import rating
from customers.models import Customer
from customers.operations.observe import observe

pytestmark = pytest.mark.django_db


def test_without_celery_it_scores_everybody_and_then_the_changed(acme: Customer, wang: Customer) -> None:
    at = timezone.now()
    observe(facts=[rating(acme, 4, at=at)], at=at)
    call_command("run_due")
    assert CustomerScore.objects.count() == 2
    before = CustomerScore.objects.get(pk=acme.pk).score
    at = timezone.now()
    observe(facts=[rating(acme, 1, at=at, subject=2)], at=at)
    call_command("run_due")
    assert CustomerScore.objects.get(pk=acme.pk).score < before
    assert set(ScoringRun.objects.values_list("state", flat=True)) == {RunState.DONE}


def test_an_empty_system_has_nothing_due() -> None:
    call_command("run_due")
    assert not ScoringRun.objects.exists()
