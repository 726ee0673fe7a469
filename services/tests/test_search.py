"""Search of tickets by words in number, subject and messages, on every database the same; and that what is searched
keeps in step with what was written, whichever way."""

from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection

from customers.models import ContactPoint, Customer, User
from services.folding import LONGEST_WORD, MOST_BYTES, as_many_as_fit, words_of, words_sought
from services.models import Message, Queue, Ticket, TicketWords
from services.operations.add_note import add_note
from services.operations.receive_message import receive_message
from services.operations.reply_to_ticket import reply_to_ticket
from services.querysets.word_parts import Question, question_for
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


@pytest.fixture
def rare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every word is asked of the index, as where there are millions of tickets."""
    monkeypatch.setattr("services.querysets.word_parts.COMMON", 1)
    cache.clear()


@pytest.fixture
def far_apart(acme: Customer, queue: Queue) -> list[Ticket]:
    """Pumps in three parts, two of them at the edge of one; and a valve."""
    tickets = []
    for pk in (5, 32_767, 32_768, 32_769, 2_000_000):
        subject, status = ("Valve", "closed") if pk == 32_769 else (f"Pump no{pk}", "new")
        of = {"customer": acme, "queue": queue, "team": queue.team}
        tickets.append(Ticket.objects.create(pk=pk, number=f"N-{pk}", subject=subject, status=status, **of))
    return tickets


@pytest.mark.usefixtures("rare")
@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("pump", [2_000_000, 32_768, 32_767, 5]),
        ("pum no3276", [32_768, 32_767]),
        ("pump no5", [5]),
        ("n-32769", [32_769]),
        ("valve pump", []),
    ],
)
def test_the_newest_come_first_whichever_part_they_are_in(far_apart: Any, text: str, keys: list[int]) -> None:
    rows = Ticket.objects.search(text).order_by("-pk")
    assert rows.keys_between(0, 10) == keys
    assert rows.keys_between(1, 3) == keys[1:3]
    assert [row.pk for row in rows.rows_between(0, 2)] == keys[:2]
    assert [*rows.values_list("pk", flat=True)] == keys
    assert rows.reverse().keys_between(0, 10) == keys[::-1]
    assert rows.order_by("subject", "pk").keys_between(0, 10) == sorted(keys, key=lambda key: (f"Pump no{key}", key))
    assert rows.count() == len(keys)


@pytest.mark.usefixtures("rare")
def test_other_conditions_hold_in_every_part(far_apart: Any, otto: User, ann: User) -> None:
    found = Ticket.objects.search("n").order_by("-pk")
    assert found.filter(status="new").keys_between(0, 10) == [2_000_000, 32_768, 32_767, 5]
    assert found.exclude(status="new").keys_between(0, 10) == [32_769]
    assert found.filter(pk__lte=32_768).keys_between(1, 3) == [32_767, 5]
    assert Ticket.objects.visible_to(otto).search("n").keys_between(0, 10) == []
    assert Ticket.objects.visible_to(ann).search("n").keys_between(0, 2) == [2_000_000, 32_769]
    assert found.none().keys_between(0, 10) == []
    assert found.filter(pk__in=[]).rows_between(0, 10) == []
    both = Ticket.objects.search("pump") | Ticket.objects.search("valve")
    assert both.order_by("-pk").keys_between(0, 2) == [2_000_000, 32_769]


@pytest.mark.usefixtures("rare")
@pytest.mark.parametrize(
    "text", ["pump", "PUM", "ump", "leaks serial", "漏", "泵漏", "a-17", "the", "! 100%", "gasket invoice"]
)
def test_the_index_finds_what_a_look_at_the_tickets_finds(tickets: Any, text: str) -> None:
    looked = Ticket.objects.filter(text__words__begin=words_sought(text)).values_list("subject", flat=True)
    assert found(text) == {*looked}


@pytest.mark.postgres
def test_postgresql_asks_its_index_for_rare_words_alone(
    acme: Customer, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    monkeypatch.setattr("services.querysets.word_parts.AS_RARE", 0)
    for number in range(30):
        a_ticket(acme, queue, subject="Pump" + " leaks" * (number == 7), body="")
    using = Ticket.objects.db
    assert question_for(["pump"], using=using) is None
    assert question_for(["leaks"], using=using) == Question("'#leaks':*", "")
    assert question_for(["pump", "leaks"], using=using) == Question("'#leaks':*", "'pump':* & 'leaks':*")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT ticket_id FROM services_ticketwords "
            "WHERE services_words_of_part(ticket_id, words) @@ '''0:leaks'''::tsquery"
        )
        assert "ticket_words" in str(cursor.fetchall())
