"""An erasure: one transaction, a tombstone that everything still leads to, and nothing left of the person."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from analytics.models import CustomerScore, PreferenceProfile, ScoreSnapshot, StatedPreference
from analytics.tests.histories import score_everybody
from customers.choices import ErasureState
from customers.models import (
    Consent,
    ContactPoint,
    Customer,
    Erasure,
    Export,
    ExternalId,
    ImportRow,
    ImportStep,
    Interaction,
    Job,
    Merge,
    Observation,
    Order,
    Relation,
    Tag,
    Team,
    User,
)
from customers.operations.add_contact_point import add_contact_point
from customers.operations.approve_erasure import approve_erasure
from customers.operations.ask_for_erasure import ask_for_erasure
from customers.operations.create_customer import create_customer
from customers.operations.erasure_hindrances import ErasureRefused
from customers.operations.forget_exports import exports_folder, new_export_file
from customers.operations.may_contact import may_contact
from customers.operations.merge_customers import MergeRefused, merge_customers
from customers.operations.refuse_erasure import refuse_erasure
from customers.operations.set_privacy_flag import FlagRefused, set_privacy_flag
from customers.operations.start_export import start_export
from customers.operations.start_person_export import start_person_export
from customers.operations.undo_merge import UndoRefused, undo_merge
from customers.operations.update_customer import update_customer
from customers.operations.withdraw_erasure import withdraw_erasure
from services.models import Attachment, Message, Queue, SatisfactionRating, Ticket, TicketWords
from services.operations.attachment_files import attachments_folder
from services.operations.open_ticket import open_ticket
from tests.cast import NOW
from tests.privacy.lives import EMAIL, NAME, WORDS, lead_a_life

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folders(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


@pytest.fixture
def ticket(wang: Customer, acme: Customer, queue: Queue, ann: User) -> Ticket:
    """Zhang Wei's solved ticket, and a whole life beside it."""
    return lead_a_life(wang, acme, queue, ann)


def erase(customer: Customer, bob: User, root: User) -> dict[str, Any]:
    erasure = ask_for_erasure(customer=customer, reason="By letter", by=bob, at=NOW)
    result: Any = approve_erasure(erasure=erasure, by=root, at=NOW).result
    return dict(result)


def every_text() -> str:
    """Everything that stands in the database, whatever the column: not by way of what is tested."""
    told = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith(("django_migrations", "auth_permission", "django_content_type")):
                continue
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - our own tables
            told += [repr(row) for row in cursor.fetchall()]
    text = "\n".join(told)
    return text + text.encode().decode("unicode_escape", errors="ignore")


def test_nothing_is_left_of_the_person(ticket: Ticket, wang: Customer, bob: User, root: User) -> None:
    before = every_text()
    for word in ("Zhang", "张伟", "Renmin", "birthday"):
        assert word in before or word == "Renmin"  # that one is encrypted
    result = erase(wang, bob, root)
    after = every_text()
    for word in WORDS:
        assert word not in after, word
    proof = result["proof"]
    assert proof["is_clean"], proof
    assert (proof["found"], proof["same_name"]) == ({}, {})
    assert proof["columns"] > 100
    assert proof["values"] >= 8


def test_counts_sums_and_evidence_live_on(
    ticket: Ticket, wang: Customer, acme: Customer, bob: User, root: User
) -> None:
    facts = list(Observation.objects.filter(customer=wang).order_by("pk").values_list("pk", "value", "at"))
    assert facts
    messages = Message.objects.count()
    erase(wang, bob, root)
    wang.refresh_from_db()
    assert wang.name == f"[erased] #{wang.pk}"
    assert (wang.given_name, wang.attributes, wang.industry, wang.erased_at) == ("", {}, "", NOW)
    order = Order.objects.get()
    assert (order.customer, order.total) == (wang, Decimal(50))
    ticket.refresh_from_db()
    assert (ticket.customer, ticket.subject, ticket.status) == (wang, "[erased]", "solved")
    assert Message.objects.count() == messages
    assert set(Message.objects.filter(ticket=ticket).values_list("body", flat=True)) == {"[erased]"}
    rating = SatisfactionRating.objects.get()
    assert (rating.value, rating.comment) == (2, "")
    assert list(Observation.objects.filter(customer=wang).order_by("pk").values_list("pk", "value", "at")) == facts
    said = Consent.objects.get()
    assert (said.is_given, said.source) == (True, "")
    assert Interaction.objects.get(customer=wang).kind == "call"
    acme.refresh_from_db()
    assert acme.name == "Acme Pumps"


def test_what_reaches_or_profiles_them_is_deleted(ticket: Ticket, wang: Customer, bob: User, root: User) -> None:
    assert CustomerScore.objects.filter(pk=wang.pk).exists()
    attachment = Attachment.objects.get()
    path = attachments_folder() / attachment.path
    assert path.is_file()
    result = erase(wang, bob, root)
    for rows in (
        ContactPoint.objects.all(),
        ExternalId.objects.all(),
        Relation.objects.all(),
        StatedPreference.objects.all(),
        Attachment.objects.all(),
        CustomerScore.objects.filter(pk=wang.pk),
        ScoreSnapshot.objects.filter(customer=wang),
        PreferenceProfile.objects.filter(pk=wang.pk),
    ):
        assert not rows.exists(), rows.model
    assert result["rows"]["customers.ContactPoint"] == {"deleted": 4}
    assert wang.tags.count() == 0
    assert Tag.objects.filter(name="VIP").exists()


@pytest.mark.django_db(transaction=True)
def test_files_go_once_the_transaction_has_ended_well(ticket: Ticket, wang: Customer, bob: User, root: User) -> None:
    path = attachments_folder() / Attachment.objects.get().path
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        erase(wang, bob, root)
        raise ZeroDivisionError
    assert path.is_file()
    assert Customer.objects.get(pk=wang.pk).name == NAME
    erase(wang, bob, root)
    assert not path.exists()


def test_the_ticket_is_not_found_by_their_words_any_more(ticket: Ticket, wang: Customer, bob: User, root: User) -> None:
    assert "zhang" in TicketWords.objects.get(pk=ticket.pk).words
    erase(wang, bob, root)
    assert "zhang" not in TicketWords.objects.get(pk=ticket.pk).words


def test_whoever_was_merged_into_them_is_erased_too(ticket: Ticket, wang: Customer, bob: User, root: User) -> None:
    merge = Merge.objects.get()
    result = erase(wang, bob, root)
    merge.refresh_from_db()
    gone = Customer.objects.get(pk=merge.gone_id)
    assert (gone.name, gone.erased_at) == (f"[erased] #{gone.pk}", NOW)
    assert (merge.columns, merge.dropped, merge.changed) == ({}, {}, {})
    assert result["customers"] == 2
    with pytest.raises(UndoRefused, match="erased"):
        undo_merge(merge=merge, by=root, at=NOW)


def test_imports_and_logs_do_not_name_them(ticket: Ticket, wang: Customer, bob: User, root: User) -> None:
    erase(wang, bob, root)
    row = ImportRow.objects.get()
    assert (row.source_id, row.label) == ("", "[erased]")
    assert list(ImportStep.objects.get().changed) == ["999999"]


def test_an_address_is_taken_out_of_the_rows_of_others(
    ticket: Ticket, wang: Customer, acme: Customer, bob: User, root: User
) -> None:
    result = erase(wang, bob, root)
    assert Interaction.objects.get(customer=acme).subject == "Ask [erased]"
    assert result["redacted"]["customers.Interaction.subject"] == 1


def test_somebody_else_of_the_same_name_is_left_alone(
    ticket: Ticket, wang: Customer, north: Team, bob: User, root: User
) -> None:
    other = create_customer(name=NAME, team=north, at=NOW)
    proof = erase(wang, bob, root)["proof"]
    other.refresh_from_db()
    assert other.name == NAME
    assert proof["is_clean"]
    assert proof["same_name"]["customers.Customer.name"] == 1


def test_an_address_that_is_also_somebody_elses_stays_with_them(
    ticket: Ticket, wang: Customer, acme: Customer, bob: User, root: User
) -> None:
    add_contact_point(customer=acme, kind="email", value=EMAIL, at=NOW)
    proof = erase(wang, bob, root)["proof"]
    assert ContactPoint.objects.get(customer=acme).value == EMAIL
    assert (proof["shared"], proof["is_clean"]) == (1, True)


def test_exported_lists_that_hold_them_are_deleted(ticket: Ticket, wang: Customer, bob: User, root: User) -> None:
    start_person_export(customer=wang, by=root, at=NOW)
    for name, text in (("theirs", f"id\r\n{EMAIL}\r\n"), ("others", "id\r\n7\r\n")):
        export = start_export(model=Customer, query="", format="csv", by=bob, at=NOW)
        with new_export_file(export, exports_folder() / export.file) as file:
            file.write(text.encode())
        export.rows, export.query = 1, name
        export.save(update_fields=["rows", "query"])
    result = erase(wang, bob, root)
    assert [export.query for export in Export.objects.all()] == ["others"]
    assert result["files"] == 1
    assert Job.objects.count() >= 2


def test_the_proof_holds_no_value(ticket: Ticket, wang: Customer, bob: User, root: User) -> None:
    erase(wang, bob, root)
    erasure = Erasure.objects.get()
    told = json.dumps([erasure.preview, erasure.result, erasure.reason])
    for word in WORDS:
        assert word not in told


def test_a_name_in_the_reason_is_taken_out(ticket: Ticket, wang: Customer, bob: User, root: User) -> None:
    erasure = ask_for_erasure(customer=wang, reason=f"{NAME} wrote from {EMAIL}", by=bob, at=NOW)
    approve_erasure(erasure=erasure, by=root, at=NOW)
    erasure.refresh_from_db()
    assert erasure.reason == "[erased] wrote from [erased]"
    assert erasure.result is not None
    assert erasure.result["proof"]["is_clean"]


def test_imported_again_they_are_somebody_new(
    ticket: Ticket, wang: Customer, north: Team, bob: User, root: User
) -> None:
    from customers.operations.import_customers import import_customers
    from customers.operations.records import ContactRecord, CustomerRecord
    from customers.operations.source import Source

    erase(wang, bob, root)
    record = CustomerRecord(source_id="C-77", name=NAME, contacts=(ContactRecord("email", EMAIL),))
    told: list[Any] = []
    source = Source("old-crm")
    import_customers(records=[record], source=source, team=north, at=NOW, report=lambda *row: told.append(row))
    again = Customer.objects.get(name=NAME)
    assert again.pk != wang.pk
    assert not again.orders.exists()
    assert Customer.objects.get(pk=wang.pk).erased_at is not None


def test_the_tombstone_is_left_alone(
    ticket: Ticket, wang: Customer, acme: Customer, north: Team, bob: User, root: User
) -> None:
    erase(wang, bob, root)
    wang.refresh_from_db()
    with pytest.raises(Exception, match="erased"):
        update_customer(customer=wang, changes={"name": NAME}, at=NOW)
    with pytest.raises(FlagRefused):
        set_privacy_flag(customer=wang, kind="hold", is_set=True, reason="x", by=root, at=NOW)
    other = Customer.objects.create(kind="person", name="Other", team=north, created_at=NOW)
    with pytest.raises(MergeRefused):
        merge_customers(kept=other, gone=wang, by=root, at=NOW)
    with pytest.raises(ErasureRefused):
        ask_for_erasure(customer=wang, reason="again", by=bob, at=NOW)
    assert not may_contact(customer=wang, purpose="service", channel="email", at=NOW)
    score_everybody()
    assert set(CustomerScore.objects.values_list("pk", flat=True)) >= {acme.pk}
    assert not CustomerScore.objects.filter(pk=wang.pk).exists()


def test_nobody_approves_what_they_asked_for(wang: Customer, root: User, bob: User) -> None:
    erasure = ask_for_erasure(customer=wang, reason="By letter", by=root, at=NOW)
    with pytest.raises(ErasureRefused, match="second person"):
        approve_erasure(erasure=erasure, by=root, at=NOW)
    wang.refresh_from_db()
    assert wang.erased_at is None
    with pytest.raises(ErasureRefused, match="waits"):
        ask_for_erasure(customer=wang, reason="By letter", by=bob, at=NOW)


def test_what_is_still_needed_keeps_it_from_being_done(
    wang: Customer, acme: Customer, queue: Queue, bob: User, root: User
) -> None:
    with pytest.raises(ErasureRefused, match="no person"):
        ask_for_erasure(customer=acme, reason="x", by=bob, at=NOW)
    Order.objects.create(number="O-1", customer=wang, currency="EUR", ordered_at=NOW)
    open_ticket(customer=acme, requester=wang, subject="Leak", queue=queue, by=bob, at=NOW)
    set_privacy_flag(customer=wang, kind="hold", is_set=True, reason="Case 7", by=bob, at=NOW)
    erasure = ask_for_erasure(customer=wang, reason="By letter", by=bob, at=NOW)
    assert len(erasure.preview["hindrances"]) == 3
    with pytest.raises(ErasureRefused, match=r"legal hold.*1 order is on its way.*1 ticket is not solved"):
        approve_erasure(erasure=erasure, by=root, at=NOW)
    assert Erasure.objects.get().state == ErasureState.ASKED


def test_it_is_decided_once(wang: Customer, bob: User, root: User) -> None:
    erasure = ask_for_erasure(customer=wang, reason="By letter", by=bob, at=NOW)
    refuse_erasure(erasure=erasure, decision="Not who they say they are", by=root, at=NOW)
    for verb in (approve_erasure, withdraw_erasure):
        with pytest.raises(ErasureRefused, match="decided before"):
            verb(erasure=erasure, by=root, at=NOW)
    assert Erasure.objects.get().decision == "Not who they say they are"
