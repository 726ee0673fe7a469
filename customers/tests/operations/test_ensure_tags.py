import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from customers.models import Tag
from customers.operations.add_row import add_row
from customers.operations.ensure_tags import ensure_tags
from customers.operations.revise_row import revise_row
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def test_case_accents_and_width_tell_no_tags_apart() -> None:
    here = Tag.objects.create(name="Café")
    found = ensure_tags(names=["CAFE", "café ", "ＣＡＦＥ", "Tea", " tea"])
    assert {name: tag.name for name, tag in found.items()} == {
        "CAFE": "Café",
        "café ": "Café",
        "ＣＡＦＥ": "Café",
        "Tea": found["Tea"].name,
        " tea": found["Tea"].name,
    }
    assert found["CAFE"] == here
    assert Tag.objects.count() == 2


def test_names_without_a_letter_are_left_out() -> None:
    assert ensure_tags(names=["", "  ", "\u0301"]) == {}
    assert not Tag.objects.exists()


@pytest.mark.parametrize("name", ["vip", "VÍP", " VIP "])
def test_a_second_tag_of_a_name_is_refused(name: str) -> None:
    Tag.objects.create(name="VIP")
    with pytest.raises(ValidationError) as refused:
        add_row(row=Tag(name=name), at=NOW)
    assert list(refused.value.message_dict) == ["name"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Tag.objects.bulk_create([Tag(name=name)])


def test_a_tag_is_renamed_safely() -> None:
    vip = Tag.objects.create(name="VIP")
    Tag.objects.create(name="News")
    revise_row(row=vip, changes={"name": "Vip"}, at=NOW)
    assert Tag.objects.get(folded="vip").name == "Vip"
    with pytest.raises(ValidationError):
        revise_row(row=vip, changes={"name": "NEWS"}, at=NOW)
    revise_row(row=Tag.objects.get(pk=vip.pk), changes={"name": "Very important"}, at=NOW)
    assert Tag.objects.get(pk=vip.pk).folded == "very important"


def test_no_tag_holds_what_stands_between_tags_in_a_file() -> None:
    with pytest.raises(ValidationError, match="semicolon"):
        add_row(row=Tag(name="VIP; gold"), at=NOW)
    assert ensure_tags(names=["VIP; gold"])["VIP; gold"].name == "VIP, gold"
