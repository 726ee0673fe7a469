import pytest

from customers.encryption.blind_index import blind_index, domain_index, normalise
from customers.models import ContactPoint, Customer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "one", "other", "region"),
    [
        ("email", "Ann@Example.com", " ann@example.COM ", ""),
        ("email", "a@bücher.example", "a@xn--bcher-kva.example", ""),
        ("phone", "+44 20 7946 0958", "020 7946 0958", "GB"),
        ("phone", "+86 138 0013 8000", "13800138000", "CN"),
        ("messenger", "WeChat：Ann", "wechat:ann", ""),
    ],
)
def test_equal_contact_points_have_equal_indexes(kind: str, one: str, other: str, region: str) -> None:
    assert blind_index(kind, one, region=region) == blind_index(kind, other, region=region)


def test_kinds_never_collide() -> None:
    assert blind_index("email", "12345") != blind_index("phone", "12345")


def test_the_domain_has_its_own_index() -> None:
    assert domain_index("ann@example.com") == domain_index("Bob@EXAMPLE.com") != domain_index("ann@example.org")


def test_unreadable_phones_are_compared_by_their_digits() -> None:
    assert normalise("phone", "ext. 12-34") == "1234"


def test_a_customer_is_found_by_mail_and_phone(wang: Customer, acme: Customer) -> None:
    ContactPoint.objects.create(customer=wang, kind="email", value="Fang@Example.cn")
    ContactPoint.objects.create(customer=wang, kind="phone", value="13800138000")
    assert list(Customer.objects.search("fang@example.cn")) == [wang]
    assert list(Customer.objects.reached_at("phone", "+8613800138000")) == [wang]
    assert not Customer.objects.search("nobody@example.cn").exists()
