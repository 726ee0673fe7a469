import pytest
from django.core.exceptions import ValidationError

from customers.models import CustomAttribute
from customers.operations.define_attribute import define_attribute
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def test_the_code_comes_from_the_name() -> None:
    codes = [
        define_attribute(name=name, at=NOW).code for name in ("Size of firm", "size of FIRM", "规模", "!!!", "x" * 90)
    ]
    assert codes == ["size-of-firm", "size-of-firm-2", "规模", "attribute", "x" * 50]
    assert define_attribute(name="x" * 90, at=NOW).code == "x" * 46 + "-2"


def test_choices_are_kept_once_each_and_only_of_a_list() -> None:
    level = define_attribute(name="Level", type="choice", choices=["gold ", "gold", "silver"], at=NOW)
    assert level.choices == ["gold", "silver"]
    assert define_attribute(name="Size", type="number", choices=["7"], at=NOW).choices == []


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x", "code": "a b"}, "code"),
        ({"name": "x", "code": "taken"}, "code"),
        ({"name": "x", "type": "colour"}, "type"),
        ({"name": "x", "kind": "robot"}, "kind"),
        ({"name": "x", "type": "choice"}, "choices"),
        ({"name": "x", "type": "choice", "choices": [" "]}, "choices"),
        ({"name": "x", "type": "choice", "choices": ["x" * 101]}, "choices"),
        ({"name": "x", "type": "choice", "choices": [str(n) for n in range(501)]}, "choices"),
    ],
)
def test_it_refuses_what_is_no_definition(given: dict[str, object], field: str) -> None:
    CustomAttribute.objects.create(code="taken", name="Taken")
    with pytest.raises(ValidationError) as refused:
        define_attribute(**given, at=NOW)  # type: ignore[arg-type]
    assert field in refused.value.message_dict
