"""Several processes bring in what one does: the same rows, counts, reports and steps, also where one of them dies."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from customers.choices import AttributeType, MatchingUse, OnDuplicate
from customers.importers import parallel
from customers.importers import run as run_module
from customers.importers.parallel import Helper, HelperLost
from customers.importers.run import ImportRun, Place, Reader, run_import
from customers.models import (
    ContactPoint,
    CustomAttribute,
    Customer,
    DuplicatePair,
    ExternalId,
    ImportBatch,
    ImportStep,
    Tag,
    Team,
)
from customers.operations.ensure_attributes import NewAttribute
from customers.operations.import_customers import import_customers
from customers.operations.records import ContactRecord, CustomerRecord
from customers.operations.source import keys_in
from tests.cast import NOW

pytestmark = pytest.mark.django_db(transaction=True)

ROWS, BATCH = 600, 40
ATTRIBUTES = (
    NewAttribute("level", "Level", type=AttributeType.TEXT),
    NewAttribute("tax", "Tax number", type=AttributeType.TEXT, matching=MatchingUse.IDENTIFIER),
)
NAMES = ("Ana Lima", "王芳", "Zoë O'Neil", "Tom Berg", "Bea Ortiz Vega", "Rui Sá")


@pytest.fixture(autouse=True)
def helpers(monkeypatch: pytest.MonkeyPatch) -> list[Helper]:
    """Small batches, of which helpers get all from the third on; the helpers that were started."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets one process write")
    started: list[Helper] = []
    start = Helper.__init__

    def noted(self: Helper, *args: Any) -> None:
        start(self, *args)
        started.append(self)

    def is_ready(self: Helper) -> bool:
        return self._is_ready or (self._line.poll(60) and ready.fget(self))

    ready: Any = Helper.is_ready
    monkeypatch.setattr(Helper, "__init__", noted)
    monkeypatch.setattr(Helper, "is_ready", property(is_ready))
    monkeypatch.setattr(parallel, "ALONE_AT_FIRST", 3)
    monkeypatch.setattr(run_module, "BATCH", BATCH)
    return started


def records(run: ImportRun) -> Iterator[tuple[Place, CustomerRecord]]:
    """Customers with everything that makes one batch depend on another."""
    for i in range(ROWS):
        place = ("people.csv", i + 2)
        if i % 31 == 5:
            run.refuse("customers", place, f"c{i}", "cannot be read")
            continue
        email, phone = f"user{i}@example.com", f"+44 113 4{i:06}"
        attributes: dict[str, Any] = {"level": str(i % 3)}
        record = CustomerRecord(f"c{i}", f"{NAMES[i % len(NAMES)]} {i}", country="GB", attributes=attributes)
        if i % 7 == 3:  # the same person as one of a batch or two before
            before = max(0, i - 45)
            record.name, email, phone = f"{NAMES[before % len(NAMES)]} {before}", f"user{before}@example.com", ""
        if i % 23 == 9:  # an id that was there, with something new
            record.source_id, record.industry = f"c{max(0, i - 60)}", f"Trade {i}"
        if i % 41 == 7:
            record.source_id = f"c{i - 1}"
        if i % 37 == 1:
            record.kind = "robot"
        if i % 43 == 2:
            record.team = "Nobody's"
        if i % 11 == 0:
            record.tags = (f"tag {i // 100}", "all")
        if i % 13 == 0:
            attributes["tax"] = f"DE{i // 26:09}"
        if i % 53 == 0:
            attributes["unknown"] = "x"
        contacts = [ContactRecord("email", email, is_primary=True), ContactRecord("phone", phone, "work")]
        record.contacts = tuple(contact for contact in contacts if contact.value)
        yield place, record


def reader(run: ImportRun, _path: Path) -> None:
    """Makes attributes, then brings the records in."""
    interrupted(lambda: None)(run, _path)


def interrupted(by: Callable[[], None]) -> Reader:
    """A reader to which something happens in the middle of the file."""

    def some(run: ImportRun) -> Iterator[tuple[Place, CustomerRecord]]:
        for number, found in enumerate(records(run)):
            if number == ROWS // 2:
                by()
            yield found

    def read(run: ImportRun, _path: Path) -> None:
        run.source.ensure_attributes(ATTRIBUTES)
        run.feed("customers", import_customers, some(run))

    return read


def bring(tmp_path: Path, team: Team, read: Reader = reader, **options: Any) -> ImportBatch:
    return run_import(
        format="small", reader=read, path=tmp_path, team=team, now=lambda: NOW, reports=tmp_path, **options
    )


def state(batch: ImportBatch) -> dict[str, Any]:
    """All that an import leaves, with customers by their place instead of their key."""
    batch.refresh_from_db()
    places = {pk: place for place, pk in enumerate(Customer.objects.order_by("pk").values_list("pk", flat=True))}
    columns = ("name", "kind", "search_name", "name_key", "industry", "attributes", "version", "activity_version")
    return {
        "batch": (batch.state, batch.counts, batch.duplicates),
        "report": Path(batch.report_path).read_text(),
        "rows": list(batch.rows.order_by("pk").values_list("kind", "line", "source_id", "outcome", "label")),
        # A key of a customer is told in the reason.
        "reasons": [
            detail for detail in batch.rows.order_by("pk").values_list("detail", flat=True) if "%" not in detail
        ],
        "customers": list(Customer.objects.order_by("pk").values_list(*columns)),
        "tags": sorted((places[c], name) for c, name in Customer.objects.values_list("pk", "tags__name") if name),
        "ids": sorted((places[c], i) for c, i in ExternalId.objects.values_list("customer_id", "source_id")),
        "points": sorted(
            (places[p.customer_id], p.kind, p.value, p.label, p.is_primary, p.blind_index, p.domain_index)
            for p in ContactPoint.objects.all()
        ),
        "pairs": [
            (places[pair.first_id], places[pair.second_id], pair.score, pair.reasons)
            for pair in DuplicatePair.objects.order_by("first", "second")
        ],
        "steps": [
            (step.kind, step.model, len([*keys_in(step.created)]), len(step.changed))
            for step in ImportStep.objects.filter(batch=batch).order_by("pk")
        ],
    }


def forget() -> None:
    DuplicatePair.objects.all().delete()
    ImportBatch.objects.all().delete()
    Customer.objects.all().delete()
    Tag.objects.all().delete()
    CustomAttribute.objects.all().delete()


@pytest.mark.parametrize("on_duplicate", OnDuplicate.values)
def test_the_result_is_that_of_one_process(
    on_duplicate: str, tmp_path: Path, north: Team, settings: Any, helpers: list[Helper]
) -> None:
    settings.IMPORT_PROCESSES = 1
    expected = state(bring(tmp_path, north, on_duplicate=on_duplicate))
    assert not helpers
    assert expected["batch"][2] > 50
    forget()
    settings.IMPORT_PROCESSES = 3
    assert state(bring(tmp_path, north, on_duplicate=on_duplicate)) == expected
    assert len(helpers) == 3
    again = bring(tmp_path, north, on_duplicate=on_duplicate).counts["customers"]
    assert again["created"] == 0


def test_a_process_that_is_killed_fails_the_import_and_the_next_one_completes_it(
    tmp_path: Path, north: Team, settings: Any, helpers: list[Helper]
) -> None:
    settings.IMPORT_PROCESSES = 1
    expected = state(bring(tmp_path, north))["customers"]
    forget()
    settings.IMPORT_PROCESSES = 2

    def kill() -> None:
        os.kill(helpers[1]._process.pid, signal.SIGKILL)

    with pytest.raises(HelperLost, match="was killed"):
        bring(tmp_path, north, interrupted(kill))
    failed = ImportBatch.objects.get()
    assert (failed.state, "HelperLost" in failed.error) == ("failed", True)
    assert 2 * BATCH < Customer.objects.count() < len(expected)
    bring(tmp_path, north)
    assert len(expected) == Customer.objects.count()


def test_whoever_stops_the_import_stops_its_helpers(
    tmp_path: Path, north: Team, settings: Any, helpers: list[Helper]
) -> None:
    settings.IMPORT_PROCESSES = 2

    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bring(tmp_path, north, interrupted(stop))
    assert [helper._process.poll() for helper in helpers] == [0, 0]
    assert Customer.objects.count() > 2 * BATCH


@pytest.mark.postgres
def test_what_fails_in_a_helper_fails_the_import(
    tmp_path: Path, north: Team, settings: Any, helpers: list[Helper]
) -> None:
    settings.IMPORT_PROCESSES = 2
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN IF NEW.name LIKE '% 401' THEN RAISE 'no room'; END IF; RETURN NEW; END $$;"
            "CREATE TRIGGER refuse BEFORE INSERT ON customers_customer FOR EACH ROW EXECUTE FUNCTION refuse()"
        )
    try:
        with pytest.raises(HelperLost, match="no room") as failed:
            bring(tmp_path, north)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION refuse CASCADE")
    assert "import_customers.py" in "".join(failed.value.__notes__)
    assert not Customer.objects.filter(name__contains=" 401").exists()
    assert Customer.objects.count() > 2 * BATCH


@pytest.mark.parametrize("dry_run", [False, True])
def test_nobody_helps_in_a_rehearsal_nor_inside_a_transaction(
    dry_run: bool, tmp_path: Path, north: Team, settings: Any, helpers: list[Helper]
) -> None:
    settings.IMPORT_PROCESSES = 2
    with nullcontext() if dry_run else transaction.atomic():
        bring(tmp_path, north, dry_run=dry_run)
    assert not helpers
