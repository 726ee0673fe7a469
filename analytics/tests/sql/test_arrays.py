from typing import Any

import numpy as np
import pytest

from analytics.sql.arrays import MOMENT, as_moment, fetch_columns
from customers.models import Customer, Team
from tests.cast import NOW

pytestmark = pytest.mark.django_db

TYPES: dict[str, Any] = {"pk": "i8", "language": "S40", "country": "S8", "restricted_at": MOMENT}


def test_texts_come_whole_and_nothing_is_an_empty_one(north: Team) -> None:
    given = ["", "de", "zh-hans", "汉" * 10, "😀" * 10]
    people = [Customer.objects.create(name="x", team=north, language=text, restricted_at=NOW) for text in given]
    found = fetch_columns(Customer.objects.values_list(*TYPES), TYPES)
    texts = dict(zip(found["pk"].tolist(), found["language"].tolist(), strict=True))
    assert [texts[person.pk].decode() for person in people] == given
    assert set(found["country"].tolist()) == {b""}
    assert set(found["restricted_at"]) == {as_moment(NOW)}


def test_of_no_rows_come_empty_columns(db: None) -> None:
    found = fetch_columns(Customer.objects.values_list(*TYPES), TYPES)
    assert {name: (len(column), column.dtype) for name, column in found.items()} == {
        name: (0, np.dtype(type)) for name, type in TYPES.items()
    }
