"""Whatever is written to an audited row is put on record, with it or not at all."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from customers.audit import rows as module
from customers.audit.origin import Origin, acting, doing, in_bulk, origin
from customers.audit.record import is_genuine, record, values_of
from customers.audit.values import HIDDEN, recorded_fields
from customers.models import (
    AuditEntry,
    Category,
    ContactPoint,
    Customer,
    Product,
    Relation,
    RelationType,
    Segment,
    Tag,
    Team,
    User,
)
from customers.models.audited import Audited
from customers.operations.add_contact_point import add_contact_point
from customers.operations.tag_customers import tag_customers
from customers.operations.untag_customers import untag_customers
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def changes(**where: Any) -> dict[str, Any]:
    """Of the newest entry."""
    values = values_of(AuditEntry.objects.filter(**where).latest("pk"))
    assert values is not None
    found: dict[str, Any] = values.get("changes", {})
    return found


def new_entries(action: Any) -> list[AuditEntry]:
    before = set(AuditEntry.objects.values_list("pk", flat=True))
    action()
    return list(AuditEntry.objects.exclude(pk__in=before).order_by("pk"))


def test_a_new_row_is_recorded_with_what_it_holds(north: Team) -> None:
    (entry,) = new_entries(lambda: Customer.objects.create(name="王芳", team=north, country="CN"))
    assert (entry.kind, entry.model, entry.customer_id) == ("added", "customers.customer", int(entry.object_id))
    assert changes()["name"] == [None, "王芳"] and changes()["country"] == [None, "CN"]
    assert "search_name" not in changes() and "industry" not in changes()
    assert is_genuine(entry)


def test_a_change_is_recorded_with_what_stood_there(acme: Customer) -> None:
    acme.name, acme.country = "Acme Ltd", "GB"
    (entry,) = new_entries(acme.save_checked)
    assert entry.kind == "changed"
    assert changes() == {"name": ["Acme Pumps", "Acme Ltd"]}
    acme.name = "Acme PLC"
    acme.save(update_fields=["name"])
    assert changes() == {"name": ["Acme Ltd", "Acme PLC"]}


def test_what_did_not_change_is_not_recorded(acme: Customer) -> None:
    assert new_entries(acme.save_checked) == []
    assert new_entries(Customer.objects.get(pk=acme.pk).save) == []


def test_a_number_given_as_text_is_no_change() -> None:
    product = Product.objects.create(sku="P", name="Pump", list_price=Decimal("10.50"))
    product.list_price = "10.5"
    assert new_entries(product.save) == []


def test_a_dictionary_that_is_changed_in_place_is_seen(acme: Customer) -> None:
    acme.attributes = {"size": 1, "list": ["a"]}
    acme.save()
    row = Customer.objects.get(pk=acme.pk)
    row.attributes["list"].append("b")
    row.save(update_fields=["attributes"])
    assert changes() == {"attributes": [{"size": 1, "list": ["a"]}, {"size": 1, "list": ["a", "b"]}]}


def test_a_row_that_was_read_again_is_compared_with_what_stands_then(acme: Customer) -> None:
    other = Customer.objects.get(pk=acme.pk)
    acme.name = "Acme Ltd"
    acme.save_checked()
    other.refresh_from_db()
    other.name = "Acme PLC"
    other.save_checked()
    assert changes() == {"name": ["Acme Ltd", "Acme PLC"]}


def test_a_contact_point_is_recorded_in_clear_only_within_what_is_encrypted(acme: Customer) -> None:
    point = add_contact_point(customer=acme, kind="email", value="a@example.com", at=NOW)
    row = ContactPoint.objects.get(pk=point.pk)
    row.value = "b@example.com"
    row.save_checked()
    entry = AuditEntry.objects.latest("pk")
    assert changes() == {"value": ["a@example.com", "b@example.com"]}
    assert entry.customer_id == acme.pk
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM customers_auditentry")
        assert "example.com" not in str(cursor.fetchall())


def test_a_label_alone_does_not_touch_the_value(acme: Customer) -> None:
    point = add_contact_point(customer=acme, kind="email", value="a@example.com", at=NOW)
    row = ContactPoint.objects.get(pk=point.pk)
    row.label = "work"
    row.save_checked(update_fields=["label"])
    assert changes() == {"label": ["", "work"]}


def test_a_removed_row_is_recorded_with_what_it_held(acme: Customer) -> None:
    tag = Tag.objects.create(name="VIP", folded="vip")
    (entry,) = new_entries(tag.delete)
    assert entry.kind == "removed" and changes()["name"] == ["VIP", None]


def test_what_goes_along_is_counted(acme: Customer) -> None:
    add_contact_point(customer=acme, kind="email", value="a@example.com", at=NOW)
    key = acme.pk
    acme.delete()
    entry = AuditEntry.objects.get(model="customers.customer", kind="removed")
    values = values_of(entry)
    assert entry.object_id == str(key) and values is not None
    assert values["facts"]["with"]["customers.ContactPoint"] == 1


def test_secrets_are_hidden(root: User) -> None:
    root.set_password("another horse")
    root.save()
    assert changes() == {"password": [HIDDEN, HIDDEN]}


def test_a_relation_is_about_both_ends(acme: Customer, wang: Customer) -> None:
    kind = RelationType.objects.get(code="works-for")
    Relation.objects.create(type=kind, from_customer=wang, to_customer=acme)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.customer_id, entry.other_customer_id) == (wang.pk, acme.pk)


def test_nothing_is_recorded_of_what_is_rolled_back(acme: Customer) -> None:
    def change() -> None:
        with transaction.atomic():
            acme.name = "Other"
            acme.save_checked()
            transaction.set_rollback(True)

    assert new_entries(change) == []


def test_a_change_costs_one_statement(acme: Customer) -> None:
    acme.name = "Acme Ltd"
    with CaptureQueriesContext(
        connection,
    ) as queries:
        acme.save_checked()
    written = [query["sql"] for query in queries if "customers_auditentry" in query["sql"]]
    assert len(written) == 1 and written[0].startswith("INSERT")


def test_updates_of_many_rows_are_recorded_row_by_row(acme: Customer, wang: Customer, bob: User) -> None:
    entries = new_entries(lambda: Customer.objects.order_by("name").update(owner=bob, industry="Pumps"))
    assert {entry.object_id for entry in entries} == {str(acme.pk), str(wang.pk)}
    assert values_of(entries[0]) == {"changes": {"industry": ["", "Pumps"], "owner": [None, bob.pk]}}


def test_an_expression_is_recorded_as_computed(acme: Customer) -> None:
    Customer.objects.filter(pk=acme.pk).update(industry=F("name"))
    assert changes() == {"industry": ["", "(computed)"]}


def test_columns_that_programs_keep_are_left_out(acme: Customer) -> None:
    assert new_entries(lambda: Customer.objects.update(version=F("version") + 1, activity_version=9)) == []


def test_more_rows_than_people_read_are_one_entry(
    acme: Customer, wang: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ONE_BY_ONE", 1)
    (entry,) = new_entries(lambda: Customer.objects.update(industry="Pumps"))
    assert values_of(entry) == {"facts": {"rows": 2, "columns": ["industry"]}}
    (entry,) = new_entries(lambda: Category.objects.bulk_create([Category(name="A"), Category(name="B")]))
    assert (entry.kind, values_of(entry)) == ("added", {"facts": {"rows": 2}})
    (entry,) = new_entries(Category.objects.all().delete)
    assert (entry.kind, values_of(entry)) == ("removed", {"facts": {"rows": 2}})


def test_bulk_writes_are_recorded() -> None:
    entries = new_entries(lambda: Category.objects.bulk_create([Category(name="A"), Category(name="B")]))
    assert [entry.kind for entry in entries] == ["added", "added"]
    rows = list(Category.objects.order_by("name"))
    rows[0].name = "C"
    (entry,) = new_entries(lambda: Category.objects.bulk_update(rows, ["name"]))
    assert values_of(entry) == {"changes": {"name": ["A", "C"]}}
    assert [entry.kind for entry in new_entries(Category.objects.all().delete)] == ["removed", "removed"]


def test_work_in_bulk_is_counted_instead(north: Team) -> None:
    with in_bulk() as counts:
        assert new_entries(lambda: Customer.objects.create(name="A", team=north)) == []
        Customer.objects.update(industry="Pumps")
        Customer.objects.get().delete()
    label = "customers.customer"
    assert counts == {(label, "added"): 1, (label, "changed"): 1, (label, "removed"): 1}


def test_tags_are_recorded_by_name(acme: Customer) -> None:
    tag = Tag.objects.create(name="VIP", folded="vip")
    tag_customers(customer_ids=[acme.pk], tags=[tag], at=NOW)
    assert changes(object_id=str(acme.pk)) == {"tags": [None, ["VIP"]]}
    untag_customers(customer_ids=[acme.pk], tags=[tag], at=NOW)
    assert changes(object_id=str(acme.pk)) == {"tags": [["VIP"], None]}


def test_who_and_from_where_is_told_by_the_edge(acme: Customer, bob: User) -> None:
    with acting(Origin("job", "sweep", bob.pk, via="job:7")), doing("tidy"):
        assert origin().verb == "tidy"
        record("done", acme, note="x")
    entry = AuditEntry.objects.latest("pk")
    assert (entry.channel, entry.verb, entry.actor, entry.via) == ("job", "tidy", bob, "job:7")
    assert values_of(entry) == {"facts": {"note": "x"}}
    record("done", Group.objects.first())  # type: ignore[arg-type]
    assert AuditEntry.objects.latest("pk").channel == "system"


def test_a_long_text_is_cut_and_known_by_its_digest(acme: Customer) -> None:
    segment = Segment.objects.create(name="S", description="x" * 255)
    segment.description = "y" * 255
    segment.save_checked()
    assert changes()["description"] == ["x" * 255, "y" * 255]
    from customers.audit.values import plain

    text = plain(Relation._meta.get_field("note"), "z" * 5000, acme)
    assert len(text) < 2200 and "(5000, " in text


def test_dates_and_choices_are_plain(acme: Customer, wang: Customer) -> None:
    kind = RelationType.objects.get(code="works-for")
    relation = Relation.objects.create(type=kind, from_customer=wang, to_customer=acme)
    relation.since = date(2026, 1, 31)
    relation.save_checked()
    assert changes() == {"since": [None, "2026-01-31"]}


def test_the_record_is_written_and_never_changed(acme: Customer) -> None:
    with pytest.raises(TypeError):
        AuditEntry.objects.update(verb="x")
    with pytest.raises(TypeError):
        AuditEntry.objects.all().delete()


def test_every_model_that_people_write_is_audited() -> None:
    """A model that is neither audited nor named here is a new one: decide."""
    not_audited = {
        # derived, and computed anew
        "customers.identifierkey", "customers.observation", "services.ticketwords", "services.ticketevent",
        "services.irregularstep", "analytics.customerscore", "analytics.scoresnapshot", "analytics.preferenceprofile",
        "analytics.moverdigest", "analytics.productstatistics", "analytics.scoringrun", "analytics.scoringchunk",
        "analytics.relationeffect", "analytics.contactrisk", "analytics.versionpreview", "analytics.versionevent",
        "analytics.preferencepreview", "analytics.event", "analytics.eventname", "analytics.eventidentity",
        "analytics.customervalue", "analytics.valuemodel", "analytics.campaignmember",
        "analytics.forecastrun", "analytics.forecast", "analytics.backtest",
        "services.escalation", "services.triagemodel",
        # written by programs alone: that somebody had a mail sent again is recorded by that verb
        "services.outboundmail", "services.mailid", "services.enclosure",
        # as above; that somebody had one filed again is recorded by that verb
        "services.inboundmail", "services.messagemail",
        # what came in by forms, as mail; and who is logged in to the portal: staff's verbs on both are recorded
        "services.webformsubmission", "services.webformfile",
        "services.portallogin", "services.portalsession", "services.portalreceipt",
        # the log of what rules did, and what they are still to be asked about
        "services.rulefiring", "services.waitingevent",
        # of imports, which are one entry
        "customers.importrow", "customers.importstep",
        # one's own, and gone soon
        "services.draft", "services.presence", "services.notification", "customers.idempotencykey",
        # sessions, and what counts failures: that somebody ended one or lifted a lock is recorded by those verbs
        "customers.session", "customers.loginlock",
        # the log of what was sent, and what leads a messenger's messages to their ticket, which is audited
        "customers.webhookdelivery", "customers.webhookattempt",
        "services.messengerconversation", "services.messengerreceipt",
        # what readers whom nobody knows say of articles
        "services.articlevote",
        # which visitor a chat is with, and which of the messages, which are audited, they are shown
        "services.chatsession", "services.chatline",
        # what programs made and read back: that somebody asked for one is their job, which is recorded
        "customers.backup",
        # keys and the record itself
        "customers.datakey", "customers.auditentry", "customers.auditseal",
    }  # fmt: skip
    ours = [model for app in ("customers", "services", "analytics") for model in apps.get_app_config(app).get_models()]
    found = {model._meta.label_lower for model in ours if not issubclass(model, Audited)}
    assert found == not_audited


def test_every_audited_model_is_written_through_rows_that_record() -> None:
    for model in apps.get_models():
        if issubclass(model, Audited) and model is not User:  # its manager is Django's
            assert issubclass(model._default_manager.all().__class__, module.AuditedQuerySet), model
            assert recorded_fields(model), model
