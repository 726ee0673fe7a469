"""People with known duplicates, through the database: imported like any others, then swept."""

from itertools import islice
from pathlib import Path

import pytest

from customers.importers.linkage import ATTRIBUTES, read_linkage
from customers.models import DuplicatePair, ExternalId, Team
from customers.operations.ensure_attributes import ensure_attributes
from customers.operations.import_customers import import_customers
from customers.operations.measure_duplicates import measure_f1, same_pairs
from customers.operations.source import Source
from customers.operations.sweep_duplicates import sweep_duplicates
from tests.cast import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.realdata]


def test_a_sweep_finds_the_duplicates_of_febrl(north: Team, data_dir: Path) -> None:
    ensure_attributes(wanted=ATTRIBUTES)
    records = list(read_linkage(data_dir / "febrl" / "dataset1.csv.xz"))
    rows, source = iter(record for _, record in records), Source("febrl")
    while batch := list(islice(rows, 250)):
        import_customers(source=source, records=batch, team=north, at=NOW, report=lambda *row: None)
    on_entry = DuplicatePair.objects.filter(found_by="import").count()
    sweep = sweep_duplicates(at=NOW)
    key = dict(ExternalId.objects.values_list("source_id", "customer_id"))
    found = {frozenset(pair) for pair in DuplicatePair.objects.values_list("first_id", "second_id")}
    wanted = {
        frozenset(key[records[position][1].source_id] for position in pair)
        for pair in same_pairs(who for who, _ in records)
    }
    assert measure_f1(found=len(found), right=len(found & wanted), wanted=len(wanted)) >= 0.95
    assert sweep.customers == len(records) == 1000
    assert 400 < on_entry < len(found)
