"""Search by name, e-mail and phone, on every database the same."""

import pytest
from django.db import connection

from customers.folding import fold, grams_of_search
from customers.models import ContactPoint, Customer, Team
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def make(team: Team, name: str, country: str = "") -> Customer:
    return Customer.objects.create(name=name, team=team, country=country, created_at=NOW)


def found(text: str) -> set[str]:
    return set(Customer.objects.search(text).values_list("name", flat=True))


@pytest.fixture
def people(north: Team) -> None:
    for name in ("Müller Maschinenbau GmbH", "Ann Schneider", "王芳", "欧阳娜娜", "O'Brien & Søn", "МОСКВА Трейд"):
        make(north, name)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("schneider", {"Ann Schneider"}),
        ("NEID", {"Ann Schneider"}),
        ("schneider ann", {"Ann Schneider"}),
        ("muller", {"Müller Maschinenbau GmbH"}),
        ("ＭÜLLER", {"Müller Maschinenbau GmbH"}),
        ("gm", {"Müller Maschinenbau GmbH"}),
        ("bh", set()),
        ("a", {"Ann Schneider"}),
        ("王", {"王芳"}),
        ("芳", {"王芳"}),
        ("阳娜", {"欧阳娜娜"}),
        ("欧阳娜", {"欧阳娜娜"}),
        ("москва", {"МОСКВА Трейд"}),
        ("o'brien", {"O'Brien & Søn"}),
        ("100%", set()),
        ("schn_ider", set()),
        ("\\", set()),
    ],
)
def test_it_finds_beginnings_and_parts_whatever_case_accents_and_script(
    people: None, text: str, names: set[str]
) -> None:
    assert found(text) == names


def test_a_changed_name_is_found_by_the_new_one_alone(north: Team) -> None:
    customer = make(north, "Ann Schneider")
    customer.name = "Ann Tailor"
    customer.save(update_fields=["name"])
    assert found("tailor") == {"Ann Tailor"}
    assert found("schneider") == set()


def test_whole_addresses_and_numbers_find_their_customers(north: Team) -> None:
    ann, bea = make(north, "Ann", "GB"), make(north, "Bea", "DE")
    ContactPoint.objects.create(customer=ann, kind="email", value="Ann@Example.com")
    ContactPoint.objects.create(customer=ann, kind="phone", value="020 7946 0018")
    ContactPoint.objects.create(customer=bea, kind="email", value="bea@example.com")
    assert found("ann@example.COM") == {"Ann"}
    assert found("@example.com") == {"Ann", "Bea"}
    assert found("+44 20 7946 0018") == {"Ann"}
    assert found("020 7946 0018") == {"Ann"}, "as it stands on the page, without the country"
    assert found("020 7946 0019") == set()
    assert found("ann@example") == set()


def test_numbers_are_looked_for_in_names_too(north: Team) -> None:
    make(north, "Route 66666 Ltd")
    assert found("66666") == {"Route 66666 Ltd"}


def test_two_letters_of_any_alphabet_begin_a_word(north: Team) -> None:
    for name in "Ян Гус", "Марьян", "Ωμέγα", "王芳":
        make(north, name)
    assert found("ян") == {"Ян Гус"}
    assert found("гу") == {"Ян Гус"}
    assert found("ωμ") == {"Ωμέγα"}
    assert found("芳") == {"王芳"}, "of a script without spaces any part"


def test_a_name_that_grows_by_folding_is_cut(north: Team) -> None:
    customer = make(north, "ﷺ" * 255)
    assert len(customer.search_name) == 255


@pytest.mark.postgres
def test_the_index_of_postgresql_holds_what_a_search_asks_for(people: None) -> None:
    names = ["Müller Maschinenbau GmbH", "王芳", "ab", "x"]
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute("SELECT customers_name_grams(%s)", [fold(name)])
            stored = set(cursor.fetchone()[0])
            for start in range(len(fold(name))):
                for end in range(start + 3, len(fold(name)) + 1):
                    assert set(grams_of_search(fold(name)[start:end])) <= stored
        cursor.execute("SELECT customers_name_grams('王芳')")
        assert {"王", "芳", "王芳"} <= set(cursor.fetchone()[0])
