import pytest
from django.core.exceptions import ValidationError

from customers.models import RelationType
from customers.operations.ensure_relation_types import NewRelationType, ensure_relation_types

pytestmark = pytest.mark.django_db


def test_what_is_missing_is_made_and_what_is_here_stays() -> None:
    RelationType.objects.filter(code="client").update(name="customer of the house")
    wanted = [
        NewRelationType("client", "client", "x"),
        NewRelationType("owns", "owns", "is owned by", "person", "organisation", is_hierarchy=True),
    ]
    found = ensure_relation_types(wanted=wanted)
    assert found["client"].name == "customer of the house"
    assert (found["owns"].inverse_name, found["owns"].from_kind, found["owns"].is_hierarchy) == (
        "is owned by",
        "person",
        True,
    )
    assert ensure_relation_types(wanted=wanted) == found


def test_a_type_that_none_can_be_is_refused() -> None:
    with pytest.raises(ValidationError):
        ensure_relation_types(wanted=[NewRelationType("x", "x", "y", is_with_us=True, is_hierarchy=True)])
