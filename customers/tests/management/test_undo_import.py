import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from customers.models import Customer, ImportBatch, Team
from customers.operations.import_customers import import_customers
from customers.operations.records import CustomerRecord
from tests.imports import new_batch, work_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch(north: Team) -> ImportBatch:
    batch = new_batch(north)
    import_customers(records=[CustomerRecord("c1", "Ana"), CustomerRecord("c2", "Rui")], **work_for(batch))
    return batch


def run(*words: Any) -> str:
    out = StringIO()
    call_command("undo_import", *words, stdout=out)
    return out.getvalue()


def test_it_undoes_an_import_and_says_so(batch: ImportBatch) -> None:
    assert run(batch.pk) == "4 rows removed, 0 have their old values back\n"
    assert not Customer.objects.exists()


def test_it_answers_json(batch: ImportBatch) -> None:
    assert json.loads(run(batch.pk, "--json")) == {"batch": batch.pk, "removed": 4, "restored": 0, "kept": []}


def test_it_names_what_is_in_the_way_and_fails(batch: ImportBatch) -> None:
    Customer.objects.filter(name="Ana").update(version=2)
    out = StringIO()
    with pytest.raises(CommandError, match="was edited"):
        call_command("undo_import", batch.pk, "--json", stdout=out)
    key = str(Customer.objects.get(name="Ana").pk)
    assert json.loads(out.getvalue())["touched"] == [{"model": "customers.Customer", "id": key, "reason": "was edited"}]
    assert Customer.objects.count() == 2


def test_it_fails_for_an_import_that_is_not_there(db: None) -> None:
    with pytest.raises(CommandError, match="no import 7"):
        run(7)
