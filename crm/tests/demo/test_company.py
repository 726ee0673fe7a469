from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from crm.demo.company import Company, generate
from crm.demo.staff import STAFF
from crm.demo.tickets import AGAIN
from customers.choices import ContactKind, CustomerKind
from customers.operations.records import RelationRecord
from services.choices import UNSOLVED, Direction, EventKind, MessageKind, TicketStatus
from services.transitions import TRANSITIONS

AT = datetime(2026, 6, 3, 14, 25, tzinfo=UTC)
RESERVED = ("example.com", "example.org", "example.net", ".example")  # RFC 2606


@pytest.fixture(scope="module")
def company() -> Company:
    """A tenth of the demo company."""
    return generate(at=AT, scale=0.1)


def test_the_same_moment_gives_the_same_company(company: Company) -> None:
    assert generate(at=AT, scale=0.1) == company


def test_another_day_gives_a_company_dated_up_to_that_day(company: Company) -> None:
    later = generate(at=AT + timedelta(days=40), scale=0.1)
    newest = max(order.ordered_at for order in company.orders)
    assert max(order.ordered_at for order in later.orders) > newest + timedelta(days=30)


def test_nothing_happens_after_the_moment_it_is_made_for(company: Company) -> None:
    happened = [
        *(event.at for ticket in company.tickets for event in ticket.events),
        *(message.at for ticket in company.tickets for message in ticket.messages),
        *(rating.at for rating in company.ratings),
        *(order.ordered_at for order in company.orders),
        *(order.delivered_at for order in company.orders if order.delivered_at),
        *(interaction.at for interaction in company.interactions if interaction.at),
    ]
    assert max(row.at for row in company.consents) <= AT
    assert max(happened) <= AT
    assert min(happened) >= AT - timedelta(days=733)


def test_every_id_is_used_once(company: Company) -> None:
    for records in (company.customers, company.products, company.orders, company.tickets, company.ratings):
        ids = [record.source_id for record in records]
        assert len(ids) == len(set(ids))
    assert len({ticket.number for ticket in company.tickets}) == len(company.tickets)
    assert len({order.number for order in company.orders}) == len(company.orders)


def test_no_address_belongs_to_anybody(company: Company) -> None:
    contacts = [contact for customer in company.customers for contact in customer.contacts]
    mails = [contact.value for contact in contacts if contact.kind == ContactKind.EMAIL]
    assert mails
    assert all(mail.isascii() and mail.rpartition("@")[2].endswith(RESERVED) for mail in mails)
    assert len(mails) == len(set(mails))


def test_no_phone_number_belongs_to_anybody(company: Company) -> None:
    fictional = ("+49302312", "+49699000", "+49406696", "+49899999", "+331990", "+332619", "+336399", "+34555",
                 "+44207946", "+441134960", "+447700900", "+86111")  # fmt: skip
    phones = [c.value for customer in company.customers for c in customer.contacts if c.kind == ContactKind.PHONE]
    assert phones
    assert all(phone.startswith(fictional) or phone[5:10] == "55501" for phone in phones)


def test_chinese_people_have_the_family_name_first(company: Company) -> None:
    chinese = [c for c in company.customers if c.kind == CustomerKind.PERSON and c.language == "zh-hans"]
    assert chinese
    assert all(person.name == person.family_name + person.given_name for person in chinese)
    assert all(not person.name.isascii() for person in chinese)


def test_western_people_have_the_given_name_first(company: Company) -> None:
    western = [c for c in company.customers if c.kind == CustomerKind.PERSON and c.language != "zh-hans"]
    assert {person.language for person in western} >= {"en", "de"}
    assert all(person.name == f"{person.given_name} {person.family_name}" for person in western)


def test_every_ticket_has_a_legal_history(company: Company) -> None:
    for ticket in company.tickets:
        assert ticket.events[0].kind == EventKind.OPENED
        assert ticket.events[0].at == ticket.created_at
        status = TicketStatus.NEW
        for event in ticket.events:
            assert event.status_after == status or event.status_after in TRANSITIONS[status], ticket.number
            status = TicketStatus(event.status_after)
        assert [event.at for event in ticket.events] == sorted(event.at for event in ticket.events)


def test_every_message_has_its_event(company: Company) -> None:
    event_of = {
        (MessageKind.REPLY, Direction.INBOUND, False): (EventKind.OPENED, EventKind.CUSTOMER_MESSAGE),
        (MessageKind.REPLY, Direction.OUTBOUND, False): (EventKind.AGENT_REPLY,),
        (MessageKind.REPLY, Direction.OUTBOUND, True): (EventKind.AUTO_REPLY,),
        (MessageKind.NOTE, Direction.INTERNAL, False): (EventKind.NOTE,),
    }
    for ticket in company.tickets:
        happened = {(event.kind, event.at) for event in ticket.events}
        for message in ticket.messages:
            kinds = event_of[MessageKind(message.kind), Direction(message.direction), message.is_automatic]
            assert any((kind, message.at) in happened for kind in kinds)
            assert message.body.strip()
            assert "{" not in message.body


def test_tickets_wait_in_every_unsolved_status(company: Company) -> None:
    waiting = [ticket for ticket in company.tickets if ticket.events[-1].status_after in UNSOLVED]
    assert {ticket.events[-1].status_after for ticket in waiting} == set(UNSOLVED)
    assert any(not ticket.assignee for ticket in waiting)
    assert any(ticket.created_at > AT - timedelta(hours=8) for ticket in waiting)


@pytest.mark.parametrize("days", range(0, 700, 70))
def test_on_every_day_the_newest_ticket_was_sent_twice_and_nobody_has_it(days: int) -> None:
    *_, first, again = generate(at=AT + timedelta(days=days, hours=days), scale=0.02).tickets
    assert again.source_id == f"{first.source_id}{AGAIN}"
    assert (again.customer_id, again.subject) == (first.customer_id, first.subject)
    assert again.messages[0].body == first.messages[0].body and again.created_at > first.created_at
    for ticket in (first, again):
        assert not ticket.assignee and [event.kind for event in ticket.events] == [EventKind.OPENED]
        assert not ticket.queue.startswith("中国")  # whoever logs in as the agent sees it


def test_customers_write_in_their_language(company: Company) -> None:
    languages = {customer.source_id: customer.language for customer in company.customers}
    for ticket in company.tickets:
        writer = ticket.requester_id or ticket.customer_id
        is_chinese = any(sign in "，。？！：" for sign in ticket.messages[0].body)
        assert is_chinese == (languages[writer] == "zh-hans"), ticket.messages[0].body


def test_each_region_pays_in_its_currency(company: Company) -> None:
    countries = {customer.source_id: customer.country for customer in company.customers}
    currencies = {"US": "USD", "CA": "USD", "CN": "CNY"}
    assert {order.currency for order in company.orders} == {"EUR", "USD", "CNY"}
    assert all(order.currency == currencies.get(countries[order.customer_id], "EUR") for order in company.orders)


def test_some_deliveries_are_late_and_most_are_not(company: Company) -> None:
    delivered = [order for order in company.orders if order.delivered_at and order.promised_at]
    late = [order for order in delivered if order.delivered_at > order.promised_at]  # type: ignore[operator]
    assert 0.02 < len(late) / len(delivered) < 0.5


def test_colleagues_are_named_as_their_country_does() -> None:
    names = {colleague.username: colleague.name for colleague in STAFF}
    assert names["lucia.marin"] == "Lucía Marín"
    assert names["li.wei"] == "李伟"


def test_what_a_customer_is_to_us_follows_what_they_were(company: Company) -> None:
    with_us: dict[str, list[RelationRecord]] = defaultdict(list)
    for row in company.relations:
        if not row.to_id:
            with_us[row.from_id].append(row)
    histories = [sorted(rows, key=lambda row: row.since or date.min) for rows in with_us.values() if len(rows) > 1]
    assert any([row.type for row in rows][:2] == ["client", "former-client"] for rows in histories)
    assert any([row.type for row in rows] == ["prospect", "client"] for rows in histories)
    for rows in histories:
        for before, following in pairwise(rows):
            assert before.until is not None and following.since is not None
            assert before.until < following.since


def test_a_group_has_three_levels_and_some_live_together(company: Company) -> None:
    parents = {row.to_id: row.from_id for row in company.relations if row.type == "parent-of"}
    assert any(parents.get(parents[child], "") for child in parents)
    joined = [{row.from_id, row.to_id} for row in company.relations if row.type == "lives-with"]
    assert joined
    assert any(a & b for n, a in enumerate(joined) for b in joined[:n])  # a household of three


def test_some_said_yes_some_no_and_some_both(company: Company) -> None:
    said = {given: {row.customer_id for row in company.consents if row.is_given == given} for given in (True, False)}
    assert said[True] and said[False] and said[True] & said[False]


def test_who_was_entered_twice_shares_an_address_or_a_number_with_the_first(company: Company) -> None:
    known = {(c.kind, c.value.casefold()) for record in company.customers for c in record.contacts}
    assert company.duplicates
    for record in company.duplicates:
        assert known & {(c.kind, c.value.casefold()) for c in record.contacts}
        assert record.created_at is not None and record.created_at <= AT
        mails = [c.value.casefold() for c in record.contacts if c.kind == ContactKind.EMAIL]
        assert all(mail.rpartition("@")[2].endswith(RESERVED) for mail in mails)


def test_some_of_those_who_are_asked_for_a_rating_answer(company: Company) -> None:
    answered = [question for question in company.questions if question.answered_at]
    assert 0 < len(answered) < len(company.questions)
    assert all(question.asked_at < question.opened_at <= question.answered_at <= AT for question in answered)  # type: ignore[operator]
