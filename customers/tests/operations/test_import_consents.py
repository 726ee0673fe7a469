from collections.abc import Callable
from datetime import timedelta

import pytest

from customers.models import Consent, Customer, Team, User
from customers.operations.import_consents import import_consents
from customers.operations.import_customers import import_customers
from customers.operations.records import ConsentRecord, Counts, CustomerRecord
from customers.operations.source import Source
from tests.cast import NOW
from tests.imports import refusals_into

pytestmark = pytest.mark.django_db
Importing = Callable[..., Counts]
DAY = timedelta(days=1)


@pytest.fixture
def refused() -> dict[str, str]:
    return {}


@pytest.fixture
def bring(north: Team, root: User, refused: dict[str, str]) -> Importing:
    """Import what two persons said, a day apart each time."""
    source = Source("old", user=root)
    report = refusals_into(refused)
    records = [CustomerRecord("ana", "Ana"), CustomerRecord("rui", "Rui")]
    import_customers(source=source, records=records, team=north, at=NOW, report=report)

    def importing(*records: ConsentRecord, days: int = 0, rehearsal: bool = False) -> Counts:
        used = Source("old", user=root, rehearsal=True) if rehearsal else source
        return import_consents(source=used, records=records, team=north, at=NOW + days * DAY, report=report)

    return importing


def said(is_given: bool, customer: str = "ana", **more: object) -> ConsentRecord:
    return ConsentRecord(customer, "marketing", "email", is_given, **more)  # type: ignore[arg-type]


def test_what_a_customer_said_is_put_down_with_where_it_came_from(bring: Importing, root: User) -> None:
    assert bring(said(True, at=NOW - DAY, text_version="web 3"), said(False, "rui")) == Counts(created=2)
    row = Consent.objects.get(customer__name="Ana")
    assert (row.purpose, row.channel, row.is_given, row.at) == ("marketing", "email", True, NOW - DAY)
    assert (row.text_version, row.source, row.recorded_by, row.recorded_at) == ("web 3", "old", root, NOW)
    assert Consent.objects.get(customer__name="Rui").at == NOW
    assert set(Customer.objects.values_list("activity_version", flat=True)) == {2}


def test_the_same_again_adds_nothing_with_or_without_a_moment(bring: Importing) -> None:
    records = said(True, at=NOW - DAY), said(False, "rui")
    bring(*records)
    assert bring(*records, days=5) == Counts(unchanged=2)
    assert Consent.objects.count() == 2


def test_a_changed_mind_is_a_new_row_and_the_old_one_stays(bring: Importing) -> None:
    bring(said(True))
    assert bring(said(False), days=1) == Counts(created=1)
    assert bring(said(False), said(False), days=2) == Counts(unchanged=2)
    assert list(Consent.objects.in_force().values_list("is_given", flat=True)) == [False]
    assert Consent.objects.count() == 2


def test_a_record_of_the_past_never_undoes_what_was_said_later(bring: Importing) -> None:
    bring(said(False))
    assert bring(said(True, at=NOW - DAY), days=1) == Counts(created=1)
    assert list(Consent.objects.in_force().values_list("is_given", flat=True)) == [False]
    assert bring(said(False), days=2) == Counts(unchanged=1)


def test_a_bad_row_is_refused_and_stops_no_other(bring: Importing, refused: dict[str, str]) -> None:
    bad = [
        said(True, "zoe"),
        ConsentRecord("ana", "spying", "email", True),
        ConsentRecord("ana", "survey", "owl", True),
    ]
    assert bring(*bad, said(True)) == Counts(created=1, refused=3)
    assert set(refused) == {"zoe marketing email", "ana spying email", "ana survey owl"}


def test_a_rehearsal_writes_nothing(bring: Importing) -> None:
    assert bring(said(True), said(True), rehearsal=True) == Counts(created=1, unchanged=1)
    assert not Consent.objects.exists()
