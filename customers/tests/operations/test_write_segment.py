"""create_segment and revise_segment."""

import pytest
from django.core.exceptions import ValidationError

from customers.models import Segment, StaleVersion, User
from customers.operations.create_segment import create_segment
from customers.operations.revise_segment import revise_segment
from customers.segments.definition import SegmentInvalid
from customers.tests.segments.asking import all_of, asks
from tests.cast import NOW

pytestmark = pytest.mark.django_db

BRITISH = all_of(asks("country", "is", "gb"))


def test_the_definition_is_checked_and_brought_into_one_form(ann: User) -> None:
    row = create_segment(name="British", definition=BRITISH, owner=ann, at=NOW)
    assert row.definition["groups"][0]["conditions"] == [asks("country", "is", "GB")]
    with pytest.raises(SegmentInvalid):
        create_segment(name="Wrong", definition=all_of(asks("country", "is", 5)), owner=ann, at=NOW)
    with pytest.raises(ValidationError):
        create_segment(name="British", definition=BRITISH, owner=ann, at=NOW)
    assert Segment.objects.count() == 1


def test_addresses_are_encrypted_at_rest(ann: User) -> None:
    create_segment(name="One", definition=all_of(asks("email", "is", "ana@one.example")), owner=ann, at=NOW)
    assert "ana" not in str(Segment.objects.values_list("definition", flat=True).get())


def test_a_revision_checks_as_well(ann: User) -> None:
    row = create_segment(name="British", definition=BRITISH, owner=ann, at=NOW)
    revise_segment(segment=row, changes={"name": "Brits"}, by=ann, expected_version=1, at=NOW)
    with pytest.raises(StaleVersion):
        revise_segment(segment=row, changes={"name": "Britons"}, by=ann, expected_version=1, at=NOW)
    with pytest.raises(SegmentInvalid):
        revise_segment(segment=row, changes={"definition": {}}, by=ann, at=NOW)
    assert Segment.objects.get().name == "Brits"


def test_only_its_owner_hides_it_from_the_others(ann: User, bob: User, root: User) -> None:
    row = create_segment(name="British", definition=BRITISH, owner=ann, at=NOW)
    with pytest.raises(ValidationError) as refused:
        revise_segment(segment=row, changes={"is_shared": False}, by=bob, at=NOW)
    assert list(refused.value.message_dict) == ["is_shared"]
    revise_segment(segment=row, changes={"is_shared": False}, by=ann, at=NOW)
    assert list(Segment.objects.visible_to(bob)) == []
    assert list(Segment.objects.visible_to(ann)) == [row]
    assert list(Segment.objects.visible_to(root)) == [row]
