import io
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.exporters.customers import CustomerSheet, TooFewColumns
from customers.exporters.write_export import write_rows
from customers.models import CustomAttribute, Customer, ExternalId, Tag, Team, User
from customers.operations.add_contact_point import add_contact_point
from customers.operations.derived_columns import derived_columns
from customers.tests.exporters.reading import read_csv, read_xlsx
from tests.cast import NOW, make_user

pytestmark = pytest.mark.django_db


def written(user: User, format: str = "csv") -> list[dict[str, Any]]:
    file = io.BytesIO()
    rows = Customer.objects.visible_to(user).order_by("pk")
    write_rows(file, format=format, sheet=CustomerSheet(), rows=rows, user=user, query="")
    return read_xlsx(file.getvalue()) if format == "xlsx" else read_csv(file.getvalue())


def test_everything_about_a_customer_has_a_column(acme: Customer, wang: Customer, bob: User) -> None:
    for code, type in ("size", "number"), ("founded", "date"), ("vip", "yes_no"), ("name", "text"):
        CustomAttribute.objects.create(code=code, name=code, type=type)
    Customer.objects.filter(pk=acme.pk).update(
        owner=bob, attributes={"size": 40, "founded": "1999-05-01", "vip": True, "name": "x"}
    )
    for source_id in ("a1", "a2"):
        ExternalId.objects.create(customer=acme, source="shop", source_id=source_id)
    for name in "VIP", "Fair":
        acme.tags.add(Tag.objects.create(name=name))
    add_contact_point(customer=acme, kind="email", value="first@acme.example", label="work", at=NOW)
    add_contact_point(customer=acme, kind="email", value="main@acme.example", is_primary=True, at=NOW)
    first, second = written(bob)
    higher = {name for columns in derived_columns() for name in columns.names}  # those of other rooms are tested there
    assert {name: cell for name, cell in first.items() if name not in higher} == {
        "id": str(acme.pk),
        "source": "shop",
        "source_id": "a1",
        "kind": "organisation",
        "name": "Acme Pumps",
        "given_name": "",
        "family_name": "",
        "language": "",
        "country": "GB",
        "industry": "",
        "team": "North",
        "owner": "bob",
        "tags": "Fair; VIP",
        "created_at": "2026-06-03T10:00:00+00:00",
        "email": "main@acme.example",
        "email label": "",
        "email 2": "first@acme.example",
        "email 2 label": "work",
        "phone": "",
        "phone label": "",
        "messenger": "",
        "messenger label": "",
        "address": "",
        "address label": "",
        "founded": "1999-05-01",
        "attribute name": "x",
        "size": "40",
        "vip": "true",
    }
    assert (second["name"], second["given_name"], second["email"]) == ("王芳", "芳", "")
    typed = written(bob, "xlsx")[0]
    assert (typed["size"], typed["vip"], typed["founded"]) == (40, True, datetime(1999, 5, 1))
    assert typed["created_at"] == datetime(2026, 6, 3, 10, 0)


def test_contact_points_are_for_whoever_may_read_them(acme: Customer, north: Team) -> None:
    add_contact_point(customer=acme, kind="email", value="main@acme.example", at=NOW)
    [row] = written(make_user("reader", north))
    assert not [name for name in row if name.startswith(("email", "phone", "messenger", "address"))]
    assert "main@acme.example" not in row.values()


def test_the_questions_do_not_grow_with_the_rows(north: Team, bob: User) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            written(bob)
        return len(queries)

    for number in range(2):
        Customer.objects.create(name=f"C{number}", team=north)
    asked()  # what the user may do is looked up once
    few = asked()
    for number in range(20):
        Customer.objects.create(name=f"D{number}", team=north)
    assert asked() == few


def test_no_contact_point_is_left_out_unnoticed(acme: Customer, bob: User) -> None:
    plan = CustomerSheet().plan(Customer.objects.all(), bob)
    for number in range(2):
        add_contact_point(customer=acme, kind="email", value=f"{number}@acme.example", at=NOW)
    with pytest.raises(TooFewColumns):
        list(plan.records([acme.pk]))


def test_a_customer_who_is_gone_meanwhile_has_no_record(acme: Customer, bob: User) -> None:
    assert list(CustomerSheet().plan(Customer.objects.all(), bob).records([acme.pk + 1])) == []


def test_a_date_that_is_none_stays_what_it_is(acme: Customer, bob: User) -> None:
    CustomAttribute.objects.create(code="founded", name="Founded", type="date")
    Customer.objects.update(attributes={"founded": "long ago"})
    assert written(bob)[0]["founded"] == "long ago"
    Customer.objects.update(attributes={"founded": {"year": 1999}})
    assert written(bob)[0]["founded"] == '{"year": 1999}'


@pytest.mark.realdata
@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_naughty_strings_come_back_as_they_were(data_dir: Path, north: Team, bob: User, format: str) -> None:
    strings = json.loads((data_dir / "naughty_strings" / "blns.json").read_text())
    naughty = [text for text in strings if text.strip() and "\0" not in text and len(text) <= 255]
    CustomAttribute.objects.create(code="said", name="Said")
    for text in naughty:
        Customer.objects.create(name=text, team=north, attributes={"said": text})
    found = written(bob, format)
    assert [row["name"] for row in found] == naughty
    assert [row["said"] for row in found] == naughty
    assert len(naughty) > 400
