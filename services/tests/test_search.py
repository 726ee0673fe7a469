"""Search of tickets by words in number, subject and messages, on every database the same; and that what is searched
keeps in step with what was written, whichever way."""

from typing import Any

import pytest
from django.db import connection

from customers.models import ContactPoint, Customer, User
from services.folding import LONGEST_WORD, MOST_BYTES, as_many_as_fit, words_of, words_sought
from services.models import Message, Queue, Ticket, TicketWords
from services.operations.add_note import add_note
from services.operations.receive_message import receive_message
from services.operations.reply_to_ticket import reply_to_ticket
from services.tests.operations.desk import a_ticket, after

pytestmark = pytest.mark.django_db


def found(text: str) -> set[str]:
    return set(Ticket.objects.search(text).values_list("subject", flat=True))


@pytest.fixture
def tickets(acme: Customer, queue: Queue, ann: User) -> dict[str, Ticket]:
    pump = a_ticket(acme, queue, subject="Pump leaks", body="Wasser tritt aus, Größe ＤＮ５０.")
    reply_to_ticket(ticket=pump, body="Please send the serial number", by=ann, at=after(hours=1))
    add_note(ticket=pump, body="Supplier blames the gasket", by=ann, at=after(hours=2))
    chinese = a_ticket(acme, queue, subject="水泵漏水", body="请尽快派工程师。泵房在三楼！")
    bill = a_ticket(acme, queue, subject="Invoice A-17/2026", body="The café was billed twice: 100%")
    return {"pump": pump, "chinese": chinese, "bill": bill}


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("pump", {"Pump leaks"}),
        ("PUM", {"Pump leaks"}),
        ("ump", set()),
        ("leaks serial", {"Pump leaks"}),
        ("gasket wasser pump", {"Pump leaks"}),
        ("gasket invoice", set()),
        ("GROSSE", {"Pump leaks"}),
        ("dn50", {"Pump leaks"}),
        ("漏", {"水泵漏水"}),
        ("漏水", {"水泵漏水"}),
        ("泵漏", {"水泵漏水"}),
        ("水漏", set()),
        ("工程师", {"水泵漏水"}),
        ("漏水 三楼", {"水泵漏水"}),
        ("师泵", set()),
        ("a-17", {"Invoice A-17/2026"}),
        ("CAFE", {"Invoice A-17/2026"}),
        ("100%", {"Invoice A-17/2026"}),
        ("the", {"Pump leaks", "Invoice A-17/2026"}),
        ("!?", set()),
        ("%", set()),
        ("_", set()),
        ("' & | ! :* \\", set()),
        ("  ", {"Pump leaks", "水泵漏水", "Invoice A-17/2026"}),
    ],
)
def test_every_word_must_begin_one_of_the_tickets(tickets: Any, text: str, subjects: set[str]) -> None:
    assert found(text) == subjects


def test_the_number_finds_its_ticket(tickets: dict[str, Ticket]) -> None:
    assert found(tickets["pump"].number.lower()) == {"Pump leaks"}


def test_whole_addresses_and_numbers_find_the_tickets_of_their_customer(
    tickets: Any, acme: Customer, wang: Customer, queue: Queue
) -> None:
    a_ticket(wang, queue, subject="Hers", body="")
    a_ticket(acme, queue, subject="For her", requester=wang, body="")
    a_ticket(acme, queue, subject="Names her", body="write to fang@example.cn")
    ContactPoint.objects.create(customer=wang, kind="email", value="Fang@example.cn")
    ContactPoint.objects.create(customer=wang, kind="phone", value="+86 138 0013 8000")
    assert found("fang@EXAMPLE.cn") == {"Hers", "For her", "Names her"}
    assert found("+86 138 0013 8000") == {"Hers", "For her"}
    assert found("+86 138 0013 8001") == set()


def test_an_outsider_finds_nothing(tickets: Any, otto: User) -> None:
    assert not Ticket.objects.visible_to(otto).search("pump").exists()


def test_what_is_said_later_is_found(tickets: dict[str, Ticket]) -> None:
    assert found("thermostat") == set()
    receive_message(ticket=tickets["pump"], body="It is the thermostat", by=None, at=after(hours=5))
    assert found("thermostat pump") == {"Pump leaks"}


def test_a_changed_subject_is_found_by_the_new_one_alone(tickets: dict[str, Ticket]) -> None:
    ticket = tickets["bill"]
    ticket.subject = "Receipt"
    ticket.save(update_fields=["subject"])
    assert found("receipt") == {"Receipt"}
    Ticket.objects.filter(pk=ticket.pk).update(subject="Voucher")
    assert found("voucher") == {"Voucher"}
    ticket.subject = "Coupon"
    Ticket.objects.bulk_update([ticket], ["subject"])
    assert found("coupon cafe") == {"Coupon"}
    assert found("invoice") == found("receipt") == found("voucher") == set()


def test_messages_that_move_or_go_take_their_words_along(tickets: dict[str, Ticket]) -> None:
    Message.objects.filter(body__contains="gasket").update(ticket=tickets["bill"])
    assert found("gasket") == {"Invoice A-17/2026"}
    message = Message.objects.get(body__contains="gasket")
    message.ticket = tickets["chinese"]
    message.save()
    assert found("gasket") == {"水泵漏水"}
    Message._base_manager.filter(pk=message.pk).delete()
    assert found("gasket") == set()
    Message.objects.get(body__contains="serial").delete()
    assert found("serial") == set()
    assert found("wasser") == {"Pump leaks"}


def test_a_message_without_end_breaks_nothing(tickets: dict[str, Ticket]) -> None:
    rare = " ".join(f"w{i}" for i in range(90_000))
    receive_message(ticket=tickets["pump"], body=rare + " " + "x" * 5000, by=None, at=after(hours=5))
    assert found("w0 pump") == {"Pump leaks"}
    assert len("".join(TicketWords.objects.get(pk=tickets["pump"].pk).words)) < MOST_BYTES


def test_words_of_a_text() -> None:
    assert words_of("Re: ＤＮ50-Pümpe (x_y)") == {"re", "dn50", "pumpe", "x", "y"}
    assert words_of("水泵A1漏") == {"水泵", "泵", "a1", "漏"}
    assert words_of("😀 … \x00") == set()
    assert words_of("z" * 99) == {"z" * LONGEST_WORD}
    assert words_sought("水泵漏 水 a") == ["水泵", "泵漏", "水", "a"]
    assert as_many_as_fit(["b", "a"]) == ["a", "b"]


@pytest.mark.parametrize("text", ["ไม่ทำงาน", "পাম্প কাজ করছে না", "насос течёт", "펌프가 고장났어요", "ポンプ", "𠮷野家"])
def test_any_script_finds_what_it_was_written_in(acme: Customer, queue: Queue, text: str) -> None:
    a_ticket(acme, queue, subject=text, body="")
    assert found(text) == {text}


@pytest.mark.postgres
def test_postgresql_finds_words_by_its_index(tickets: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = TicketWords.objects.filter(words__begin=words_sought("pump 漏水")).explain()
    assert "ticket_words" in plan
