import pytest
from django.core.exceptions import FieldError
from django.db import connection

from customers.encryption.cipher import CannotDecrypt
from customers.models import ContactPoint, Customer

pytestmark = pytest.mark.django_db

MAIL = "fang.wang@example.cn"


@pytest.fixture
def mail(wang: Customer) -> ContactPoint:
    return ContactPoint.objects.create(customer=wang, kind="email", value=MAIL)


def stored(column: str = "value") -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM customers_contactpoint")  # noqa: S608
        return str(cursor.fetchone()[0])


def test_the_database_holds_no_plain_text(mail: ContactPoint) -> None:
    assert MAIL not in stored()
    assert "wang" not in stored().lower()


def test_it_reads_back_equal(mail: ContactPoint) -> None:
    assert ContactPoint.objects.get(pk=mail.pk).value == MAIL


def test_bulk_create_encrypts_too(wang: Customer) -> None:
    point = ContactPoint(customer=wang, kind="phone", value="+86 138 0013 8000 #测试")
    point.index_value()
    ContactPoint.objects.bulk_create([point])
    assert "138" not in stored()
    assert ContactPoint.objects.get(pk=point.pk).value == "+86 138 0013 8000 #测试"


def test_a_value_moved_to_another_row_does_not_decrypt(mail: ContactPoint, acme: Customer) -> None:
    other = ContactPoint.objects.create(customer=acme, kind="email", value="info@example.com")
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM customers_contactpoint WHERE customer_id = %s", [mail.customer_id])
        cursor.execute(
            "UPDATE customers_contactpoint SET value = %s WHERE customer_id = %s", [cursor.fetchone()[0], acme.pk]
        )
    with pytest.raises(CannotDecrypt):
        _ = ContactPoint.objects.get(pk=other.pk).value


def test_saving_a_row_whose_value_was_not_read_keeps_its_bytes(mail: ContactPoint) -> None:
    before = stored()
    fresh = ContactPoint.objects.get(pk=mail.pk)
    fresh.label = "work"
    fresh.save(update_fields=["label"])
    assert stored() == before


def test_values_show_nothing(mail: ContactPoint) -> None:
    assert str(ContactPoint.objects.values_list("value", flat=True).get()) == "[encrypted]"


@pytest.mark.parametrize(
    "misuse",
    [
        lambda: ContactPoint.objects.filter(**{"value": MAIL}),
        lambda: ContactPoint.objects.update(value=MAIL),
        lambda: ContactPoint.objects.filter(**{"value__icontains": "wang"}),
    ],
)
def test_look_ups_and_updates_on_the_column_are_refused(mail: ContactPoint, misuse: object) -> None:
    with pytest.raises(FieldError, match="encrypted"):
        list(misuse() or [])  # type: ignore[operator]
