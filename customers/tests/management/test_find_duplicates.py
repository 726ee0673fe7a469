import json
from io import StringIO

import pytest
from django.core.management import call_command

from customers.models import DuplicatePair, Team
from tests.customers import enter

pytestmark = pytest.mark.django_db


def said(*words: str) -> str:
    out = StringIO()
    call_command("find_duplicates", *words, stdout=out)
    return out.getvalue()


def test_it_sweeps_and_prints_the_figures(north: Team) -> None:
    for _ in range(2):
        enter(north, "Ann Lee", ("phone", "+44 113 496 0001"))
    figures = json.loads(said("--json"))
    assert figures.keys() == {
        "customers", "candidates", "pairs", "new", "updated", "decided", "removed", "refined_groups",
        "skipped_groups", "skipped_customers", "seconds",
    }  # fmt: skip
    assert (figures["customers"], figures["pairs"], figures["new"]) == (2, 1, 1)
    assert DuplicatePair.objects.count() == 1
    assert said().startswith("2 customers, 1 pairs compared in ")
