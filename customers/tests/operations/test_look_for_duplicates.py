import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import CustomAttribute, Customer, DuplicatePair, IdentifierKey, Team, User
from customers.operations.create_customer import LooksLikeAnother, create_customer
from customers.operations.look_for_duplicates import look_for_duplicates
from customers.operations.newcomers import MOST_NAMESAKES, MOST_SHARING
from customers.operations.records import ContactRecord
from customers.operations.update_customer import update_customer
from tests.cast import NOW
from tests.customers import enter

pytestmark = pytest.mark.django_db

PHONE = ("phone", "+44 113 496 0001")
HOME = "12 High Street, Leeds LS1 4AB"


def create(team: Team, name: str, *points: tuple[str, str], refuse: User | None = None, **columns: object) -> Customer:
    return create_customer(
        name=name,
        team=team,
        at=NOW,
        contact_points=[ContactRecord(*point) for point in points],
        refuse_duplicates_of=refuse,
        **columns,  # type: ignore[arg-type]
    )


def pairs() -> list[tuple[str, str, str]]:
    return list(DuplicatePair.objects.order_by("pk").values_list("first__name", "second__name", "found_by"))


def test_whoever_is_entered_again_is_put_into_the_queue_and_entered(north: Team) -> None:
    create(north, "Ann Lee", PHONE)
    create(north, "Tom Berg", PHONE)
    create(north, "LEE, Ann", ("phone", "0113 496 0001"), country="GB")
    assert pairs() == [("Ann Lee", "LEE, Ann", "entry")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"name": "Acme Pumps Ltd", "kind": "organisation"}, {"name": "ACME PUMPS LIMITED", "kind": "organisation"}),
        ({"name": "上海华力泵业有限公司", "kind": "organisation"}, {"name": "上海华力泵业", "kind": "organisation"}),
        (
            {"name": "Acme", "kind": "organisation", "attributes": {"vat": "GB 123.456"}},
            {"name": "Ajax", "kind": "organisation", "attributes": {"vat": "gb123456"}},
        ),
        (
            {"name": "王芳", "attributes": {"born": "1980-05-03"}},
            {"name": "王 芳", "attributes": {"born": "1980-05-03"}},
        ),
    ],
)
def test_they_are_found_by_name_and_number(north: Team, one: dict[str, object], other: dict[str, object]) -> None:
    CustomAttribute.objects.create(code="vat", name="VAT", matching="identifier")
    CustomAttribute.objects.create(code="born", name="Born", matching="birth_date")
    create(north, **one)  # type: ignore[arg-type]
    create(north, **other)  # type: ignore[arg-type]
    assert pairs() == [(one["name"], other["name"], "entry")]


def test_a_name_with_an_address_written_otherwise_is_found(north: Team) -> None:
    create(north, "Ann Lee", ("address", HOME))
    create(north, "Ann Lee", ("address", "12 High St., LS1 4AB Leeds"))
    create(north, "Ann Lee", ("address", "9 Dock Road, Hull"))
    assert len(pairs()) == 1


def test_they_may_be_out_of_sight(north: Team, south: Team) -> None:
    create(north, "Ann Lee", PHONE)
    create(south, "Ann Lee", PHONE)
    assert len(pairs()) == 1


def test_who_was_merged_away_or_is_oneself_is_not_found(north: Team, acme: Customer) -> None:
    gone = enter(north, "Ann Lee", PHONE)
    Customer.objects.filter(pk=gone.pk).update(merged_into=acme)
    ann = create(north, "Ann Lee", PHONE)
    look_for_duplicates(customers=[ann], at=NOW)
    assert pairs() == []


def test_a_change_that_makes_two_alike_is_noticed(north: Team) -> None:
    create(north, "Ann Lee", PHONE)
    tom = create(north, "Tom Berg", PHONE)
    update_customer(customer=tom, changes={"language": "en"}, at=NOW)
    assert pairs() == []
    update_customer(customer=tom, changes={"name": "Ann Lee"}, at=NOW)
    assert pairs() == [("Ann Lee", "Ann Lee", "entry")]


def test_new_contact_points_are_noticed(north: Team) -> None:
    create(north, "Ann Lee", PHONE)
    other = create(north, "Ann Lee")
    update_customer(customer=other, changes={}, contact_points=[ContactRecord(*PHONE)], at=NOW)
    assert len(pairs()) == 1


def test_identifiers_are_kept_in_step(north: Team) -> None:
    CustomAttribute.objects.create(code="vat", name="VAT", matching="identifier")
    ann = create(north, "Ann Lee", attributes={"vat": "GB123456"})
    first = IdentifierKey.objects.get()
    update_customer(customer=ann, changes={"attributes": {"vat": "GB999456"}}, at=NOW)
    second = IdentifierKey.objects.get()
    assert second.customer == ann and second.blind_index != first.blind_index
    update_customer(customer=ann, changes={"attributes": {}}, at=NOW)
    assert not IdentifierKey.objects.exists()


def test_what_very_many_share_is_not_followed(north: Team) -> None:
    for number in range(MOST_SHARING + 1):
        enter(north, f"Ann Number{number}", PHONE)
    for number in range(MOST_NAMESAKES + 1):
        enter(north, "Quorum Pumps", kind="organisation", country=f"A{chr(65 + number)}")
    create(north, "Ann Number7", PHONE)
    create(north, "Quorum Pumps", kind="organisation")
    assert pairs() == []


def test_looking_takes_the_same_few_queries_for_one_and_for_many(north: Team) -> None:
    for number in range(60):
        enter(north, f"Ann Number{number}", ("phone", f"+44 113 496 {number:04}"))
    twins = [enter(north, f"Ann Number{number}", ("phone", f"+44 113 496 {number:04}")) for number in range(60)]

    def queries(customers: list[Customer]) -> int:
        with CaptureQueriesContext(connection) as asked:
            look_for_duplicates(customers=customers, at=NOW)
        return len([q for q in asked if "SAVEPOINT" not in q["sql"]])

    one = queries(twins[:1])
    assert queries(twins[1:]) == one <= 12
    assert len(pairs()) == 60


def test_a_duplicate_is_refused_for_a_user_who_sees_it(north: Team, ann: User, otto: User) -> None:
    here = create(north, "Ann Lee", PHONE)
    likelier = create(north, "Ann Lee", PHONE, ("email", "ann@example.com"))
    before = Customer.objects.count()
    with pytest.raises(LooksLikeAnother) as refused:
        create(north, "Ann Lee", PHONE, ("email", "ann@example.com"), refuse=ann)
    assert refused.value.customer_ids == [likelier.pk, here.pk]
    assert Customer.objects.count() == before
    create(north, "Ann Lee", PHONE, refuse=otto)  # what Otto cannot see is not spoken of
    assert Customer.objects.count() == before + 1
