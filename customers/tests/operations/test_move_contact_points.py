import pytest

from customers.models import ContactPoint, Customer, Team
from customers.operations.add_contact_point import add_contact_point
from customers.operations.merge_customers import merge_customers
from customers.operations.undo_merge import undo_merge
from customers.tests.operations.merging import twins
from tests.cast import NOW

pytestmark = pytest.mark.django_db

EMAIL, PHONE = "email", "phone"


def give(customer: Customer, kind: str, value: str, *, is_primary: bool = False) -> ContactPoint:
    return add_contact_point(customer=customer, kind=kind, value=value, is_primary=is_primary, at=NOW)


def of(customer: Customer) -> dict[str, bool]:
    """The values, and whether each is the primary one."""
    return {point.value: point.is_primary for point in customer.contact_points.all()}


def test_the_same_address_is_there_once_however_it_is_written(north: Team) -> None:
    kept, gone = twins(north)
    give(kept, EMAIL, "info@example.com")
    give(gone, EMAIL, "Info@EXAMPLE.com")
    give(gone, EMAIL, "sales@example.com")
    merge_customers(kept=kept, gone=gone, by=None, at=NOW)
    assert of(kept) == {"info@example.com": False, "sales@example.com": False}


def test_of_each_kind_the_primary_one_of_the_kept_stays_it(north: Team) -> None:
    kept, gone = twins(north)
    give(kept, EMAIL, "kept@example.com", is_primary=True)
    give(gone, EMAIL, "gone@example.com", is_primary=True)
    give(gone, PHONE, "+44 20 7946 0018", is_primary=True)
    merge = merge_customers(kept=kept, gone=gone, by=None, at=NOW)
    assert of(kept) == {"kept@example.com": True, "gone@example.com": False, "+44 20 7946 0018": True}
    undo_merge(merge=merge, by=None, at=NOW)
    assert of(gone) == {"gone@example.com": True, "+44 20 7946 0018": True}


def test_a_number_of_another_country_goes_on_meaning_the_same(north: Team) -> None:
    kept, gone = twins(north, kept={"country": "DE"}, gone={"country": "GB"})
    point = give(gone, PHONE, "020 7946 0018")
    before = ContactPoint.objects.values("value", "blind_index").get(pk=point.pk)
    merge = merge_customers(kept=kept, gone=gone, by=None, at=NOW)
    assert of(kept) == {"+442079460018": False}
    assert Customer.objects.living().reached_at(PHONE, "+44 20 7946 0018").get() == kept
    assert Customer.objects.living().reached_at(PHONE, "020 7946 0018", region="GB").get() == kept
    kept.contact_points.get().save()  # reads it anew, with the country of the kept one
    assert Customer.objects.living().reached_at(PHONE, "+44 20 7946 0018").get() == kept
    ContactPoint.objects.update(value=before["value"])  # as it was, sealed
    undo_merge(merge=merge, by=None, at=NOW)
    assert of(gone) == {"020 7946 0018": False}


def test_undone_the_number_stands_as_it_was_written_to_the_byte(north: Team) -> None:
    kept, gone = twins(north, kept={"country": "DE"}, gone={"country": "GB"})
    point = give(gone, PHONE, "020 7946 0018")
    before = ContactPoint.objects.values("value", "blind_index", "customer").get(pk=point.pk)
    merge = merge_customers(kept=kept, gone=gone, by=None, at=NOW)
    undo_merge(merge=merge, by=None, at=NOW)
    assert ContactPoint.objects.values("value", "blind_index", "customer").get(pk=point.pk) == before


def test_the_kept_one_gets_another_country_and_its_numbers_keep_their_meaning(north: Team) -> None:
    kept, gone = twins(north, kept={"country": "DE"}, gone={"country": "GB"})
    give(kept, PHONE, "030 901820")
    give(gone, PHONE, "020 7946 0018")
    merge = merge_customers(kept=kept, gone=gone, by=None, at=NOW, choices={"country": "gone"})
    assert of(kept) == {"+4930901820": False, "020 7946 0018": False}
    undo_merge(merge=merge, by=None, at=NOW)
    assert (of(kept), of(gone)) == ({"030 901820": False}, {"020 7946 0018": False})


def test_a_number_that_nobody_could_read_is_read_in_the_new_country(north: Team) -> None:
    kept, gone = twins(north, kept={"country": "GB"}, gone={"country": ""})
    give(kept, PHONE, "+44 20 7946 0018")
    give(gone, PHONE, "020 7946 0018")
    merge = merge_customers(kept=kept, gone=gone, by=None, at=NOW)
    assert of(kept) == {"+44 20 7946 0018": False}  # the same, as it turns out
    undo_merge(merge=merge, by=None, at=NOW)
    assert of(gone) == {"020 7946 0018": False}


def test_a_number_that_came_since_keeps_its_meaning_when_the_country_goes_back(north: Team) -> None:
    kept, gone = twins(north, kept={"country": "DE"}, gone={"country": "GB"})
    merge = merge_customers(kept=kept, gone=gone, by=None, at=NOW, choices={"country": "gone"})
    kept.refresh_from_db()
    give(kept, PHONE, "020 7946 0018")
    undo_merge(merge=merge, by=None, at=NOW)
    kept.refresh_from_db()
    assert kept.country == "DE"
    assert Customer.objects.reached_at(PHONE, "+44 20 7946 0018").get() == kept
    kept.contact_points.get().save()
    assert Customer.objects.reached_at(PHONE, "+44 20 7946 0018").get() == kept
