"""What may be chosen where a condition names something."""

import pytest

from customers.models import Segment, User
from customers.segments.choices import Rows

pytestmark = pytest.mark.django_db


def test_rows_out_of_sight_are_not_offered(ann: User, otto: User) -> None:
    for name, owner in (("Mine", ann), ("Theirs", otto)):
        Segment.objects.create(name=name, owner=owner, is_shared=False, definition={})
    segments = Rows(lambda: Segment.objects.order_by("name"))
    assert [name for _key, name in segments.options(ann)] == ["Mine"]
    assert [name for _key, name in segments.options(ann, "t")] == []
    assert [name for _key, name in segments.options(None)] == ["Mine", "Theirs"]
