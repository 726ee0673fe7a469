import pytest

from customers.matching.compare import compare
from customers.models import Customer, DuplicatePair, Team
from customers.operations.queue_duplicates import pair, queue_duplicates
from customers.tests.matching.people import person
from tests.cast import NOW

pytestmark = pytest.mark.django_db

ALIKE = compare(person("Ann Lee", phones=["1"]), person("Ann Lee", phones=["1"]))


def test_a_pair_is_known_by_the_smaller_key_first(acme: Customer, wang: Customer) -> None:
    assert pair(wang.pk, acme.pk) == pair(acme.pk, wang.pk) == (acme.pk, wang.pk)
    queue_duplicates(found={pair(wang.pk, acme.pk): ALIKE}, found_by="entry", at=NOW)
    row = DuplicatePair.objects.get()
    assert (row.first, row.second, row.found_by, row.score) == (acme, wang, "entry", ALIKE.likeness)


def test_who_is_gone_is_left_out(acme: Customer, wang: Customer, north: Team) -> None:
    merged = Customer.objects.create(name="Ann", team=north, merged_into=acme)
    gone = Customer.objects.create(name="Tom", team=north)
    key = gone.pk
    gone.delete()
    found = {pair(acme.pk, merged.pk): ALIKE, pair(acme.pk, key): ALIKE, pair(acme.pk, wang.pk): ALIKE}
    assert queue_duplicates(found=found, found_by="sweep", at=NOW).new == 1
    assert DuplicatePair.objects.get().second == wang
