from collections.abc import Callable

import pytest

from customers.models import Customer, Interaction, Team
from customers.operations.import_customers import import_customers
from customers.operations.import_interactions import import_interactions
from customers.operations.records import Counts, CustomerRecord, InteractionRecord
from customers.operations.source import Source
from tests.cast import NOW
from tests.imports import refusals_into

pytestmark = pytest.mark.django_db
Importing = Callable[..., Counts]
CALL = InteractionRecord("c1", "call", "inbound", "Asked for an offer", "for 20 pumps", NOW)


@pytest.fixture
def refused() -> dict[str, str]:
    return {}


@pytest.fixture
def bring(north: Team, refused: dict[str, str]) -> Importing:
    common = {"source": Source("old"), "team": north, "at": NOW, "report": refusals_into(refused)}
    import_customers(records=[CustomerRecord("c1", "Ana")], **common)  # type: ignore[arg-type]

    def importing(*records: InteractionRecord) -> Counts:
        return import_interactions(records=records, **common)  # type: ignore[arg-type]

    return importing


def test_it_goes_on_the_customers_timeline(bring: Importing) -> None:
    assert bring(CALL) == Counts(created=1)
    row = Interaction.objects.get()
    assert (row.customer.name, row.kind, row.direction, row.at) == ("Ana", "call", "inbound", NOW)
    assert row.customer.activity_version == 2


def test_the_same_again_changes_nothing_not_even_activity(bring: Importing) -> None:
    bring(CALL)
    assert bring(CALL) == Counts(unchanged=1)
    assert Interaction.objects.count() == 1
    assert Customer.objects.get().activity_version == 2


def test_another_text_of_the_same_call_is_an_update(bring: Importing) -> None:
    bring(CALL)
    changed = InteractionRecord("c1", "call", "inbound", "Asked for an offer", "for 30 pumps", NOW)
    assert bring(changed) == Counts(updated=1)
    row = Interaction.objects.get()
    assert (row.body, row.version) == ("for 30 pumps", 2)


def test_a_bad_row_is_refused_and_stops_no_other(bring: Importing, refused: dict[str, str]) -> None:
    unknown = InteractionRecord("c9", "call", "inbound", "Hello", "", NOW)
    odd = InteractionRecord("c1", "seance", "inbound", "Hello", "", NOW)
    assert bring(unknown, odd, CALL) == Counts(created=1, refused=2)
    assert refused.keys() == {unknown.source_id, odd.source_id}
    assert "customer" in refused[unknown.source_id]


def test_one_without_a_time_happened_as_it_was_imported_and_is_found_again_by_what_it_is(bring: Importing) -> None:
    note = InteractionRecord("c1", "note", "inbound", "Description", "Likes tea", None)
    assert bring(note) == Counts(created=1)
    assert bring(note) == Counts(unchanged=1)
    assert bring(InteractionRecord("c1", "note", "inbound", "Description", "Likes coffee", None)) == Counts(updated=1)
    row = Interaction.objects.get()
    assert (row.at, row.body) == (NOW, "Likes coffee")
