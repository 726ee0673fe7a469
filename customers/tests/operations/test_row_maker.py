import pytest

from customers.models import ContactPoint, Customer
from customers.operations.row_maker import RowMaker
from tests.cast import NOW


def test_a_row_is_what_the_model_makes_of_the_same_values() -> None:
    made = RowMaker(Customer, "name", "team_id", "created_at", "last_activity_at")("Ana", 7, NOW, NOW)
    usual = Customer(name="Ana", team_id=7, created_at=NOW, last_activity_at=NOW)
    columns = [field.attname for field in Customer._meta.concrete_fields]
    assert {name: made.__dict__[name] for name in columns} == {name: usual.__dict__[name] for name in columns}
    assert (made._state.adding, made._state.db) == (True, None)
    assert not made._state.fields_cache


def test_rows_share_no_state() -> None:
    make = RowMaker(ContactPoint, "kind", "value")
    one, other = make("email", "a@example.com"), make("phone", "1")
    one.label, one._state.adding = "work", False
    assert (other.label, other._state.adding, other.value) == ("", True, "1")


def test_columns_that_are_none_and_values_that_lack_are_refused() -> None:
    with pytest.raises(ValueError, match="no nickname"):
        RowMaker(Customer, "nickname")
    with pytest.raises(ValueError, match="shorter"):
        RowMaker(Customer, "name", "kind")("Ana")
