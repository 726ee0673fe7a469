import pytest
from django.core.exceptions import ValidationError

from customers.models import CustomAttribute, Customer, StaleVersion, Tag, Team
from customers.operations.add_contact_point import HasItAlready, add_contact_point
from customers.operations.clean_attributes import BadAttributes
from customers.operations.create_customer import create_customer
from customers.operations.record_activity import record_activity
from customers.operations.records import ContactRecord
from customers.operations.update_customer import update_customer
from customers.tests.operations.relations import relate
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann_smith(north: Team) -> Customer:
    """A customer with a national phone number."""
    phone = ContactRecord("phone", "020 7946 0000", is_primary=True)
    return create_customer(name="Ann Smith", team=north, country="GB", at=NOW, contact_points=[phone])


def test_it_changes_what_it_is_told_and_moves_the_version(ann_smith: Customer) -> None:
    update_customer(customer=ann_smith, changes={"industry": "tea"}, at=NOW, expected_version=1)
    ann_smith.refresh_from_db()
    assert (ann_smith.industry, ann_smith.version) == ("tea", 2)


def test_it_refuses_a_stale_version_and_changes_nothing(ann_smith: Customer) -> None:
    with pytest.raises(StaleVersion):
        update_customer(customer=ann_smith, changes={"industry": "tea"}, at=NOW, expected_version=7)
    assert Customer.objects.get().industry == ""


def test_a_national_number_is_read_anew_in_another_country(ann_smith: Customer) -> None:
    assert Customer.objects.reached_at("phone", "+44 20 7946 0000").exists()
    update_customer(customer=ann_smith, changes={"country": "DE"}, at=NOW)
    assert not Customer.objects.reached_at("phone", "+44 20 7946 0000").exists()
    assert Customer.objects.reached_at("phone", "+49 20 79460000").exists()


def test_it_keeps_the_row_of_what_stays_and_drops_the_rest(ann_smith: Customer) -> None:
    kept = ann_smith.contact_points.get()
    points = [ContactRecord("phone", "+44 20 7946 0000"), ContactRecord("email", "ann@example.com")]
    update_customer(customer=ann_smith, changes={}, contact_points=points, at=NOW)
    assert ann_smith.contact_points.get(kind="phone").pk == kept.pk
    assert ann_smith.contact_points.get(kind="phone").value == "+44 20 7946 0000"
    update_customer(customer=ann_smith, changes={}, contact_points=[], at=NOW)
    assert not ann_smith.contact_points.exists()


def test_the_same_contact_point_twice_is_refused(ann_smith: Customer) -> None:
    twice = [ContactRecord("email", "ann@example.com"), ContactRecord("email", "ANN@example.com")]
    with pytest.raises(HasItAlready):
        update_customer(customer=ann_smith, changes={}, contact_points=twice, at=NOW)
    assert ann_smith.contact_points.get().kind == "phone"


def test_one_contact_point_of_a_kind_is_the_primary_one(ann_smith: Customer) -> None:
    add_contact_point(customer=ann_smith, kind="phone", value="+44 20 7946 0001", is_primary=True, at=NOW)
    add_contact_point(customer=ann_smith, kind="email", value="ann@example.com", is_primary=True, at=NOW)
    primary = ann_smith.contact_points.filter(is_primary=True)
    assert {(p.kind, p.value) for p in primary} == {("phone", "+44 20 7946 0001"), ("email", "ann@example.com")}
    with pytest.raises(HasItAlready):
        add_contact_point(customer=ann_smith, kind="phone", value="020 7946 0001", at=NOW)


def test_saving_an_old_copy_does_not_move_the_activity_back(ann_smith: Customer) -> None:
    old = Customer.objects.get()
    record_activity(customer_ids=[ann_smith.pk], at=NOW)
    old.name = "Ann Jones"
    old.save_checked()
    fresh = Customer.objects.get()
    assert fresh.name == "Ann Jones"
    assert fresh.activity_version == old.activity_version + 1


def test_the_kind_stays_while_relations_need_it(acme: Customer, wang: Customer) -> None:
    relation = relate("works-for", wang, acme)
    for customer, kind in (wang, "organisation"), (acme, "person"):
        with pytest.raises(ValidationError):
            update_customer(customer=customer, changes={"kind": kind}, at=NOW)
    relation.delete()
    assert update_customer(customer=wang, changes={"kind": "organisation"}, at=NOW).kind == "organisation"


def test_attributes_that_are_given_replace_those_that_stand(acme: Customer) -> None:
    CustomAttribute.objects.create(code="size", name="Size", type="number")
    CustomAttribute.objects.create(code="note", name="Note")
    update_customer(customer=acme, changes={"attributes": {"size": 7, "note": "x"}}, at=NOW)
    update_customer(customer=acme, changes={"attributes": {"size": 8}}, at=NOW)
    acme.refresh_from_db()
    assert acme.attributes == {"size": 8}


def test_a_value_that_stands_is_kept_whatever_its_definition_says(acme: Customer) -> None:
    CustomAttribute.objects.create(code="size", name="Size", type="number")
    Customer.objects.filter(pk=acme.pk).update(attributes={"size": "many", "gone": 1})
    update_customer(customer=acme, changes={"attributes": {"size": "many", "gone": 1}}, at=NOW)
    for attributes in ({"size": "few"}, {"gone": 2}, {"gone": True}):
        with pytest.raises(BadAttributes):
            update_customer(customer=acme, changes={"attributes": attributes}, at=NOW)
    acme.refresh_from_db()
    assert acme.attributes == {"size": "many", "gone": 1}


def test_tags_that_are_given_replace_those_on_record(acme: Customer) -> None:
    old, kept = Tag.objects.create(name="Old"), Tag.objects.create(name="Kept")
    acme.tags.set([old, kept])
    update_customer(customer=acme, changes={}, tags=["kept", "New"], at=NOW)
    assert {tag.name for tag in acme.tags.all()} == {"Kept", "New"}
    update_customer(customer=acme, changes={}, at=NOW)
    assert acme.tags.count() == 2
