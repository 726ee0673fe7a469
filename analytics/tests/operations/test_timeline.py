from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.models import ScoreModelVersion, ScoreSnapshot
from analytics.operations.ensure_versions import ensure_versions
from analytics.operations.timeline import timeline
from analytics.operations.timeline_sources import Entry
from customers.models import Consent, Customer, Interaction, Merge, Order, Product, Relation, Team, User
from customers.operations.log_interaction import log_interaction
from customers.operations.place_order import NewLine, place_order
from customers.operations.record_consent import record_consent
from customers.tests.operations.relations import relate
from services.models import Calendar, Queue, SatisfactionRating, Ticket
from services.operations.open_ticket import open_ticket
from services.operations.rate_ticket import rate_ticket
from services.operations.solve_ticket import solve_ticket
from tests.cast import NOW

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
LATER = NOW + timedelta(days=9)
FIGURES = {
    f"{factor}{end}": 0.5
    for factor in ("quality", "reliability", "responsiveness", "price")
    for end in ("", "_n", "_contribution", "_points")
}


def snapshot(customer: Customer, score: float, at: Any) -> ScoreSnapshot:
    ensure_versions(at=NOW)
    return ScoreSnapshot.objects.create(
        customer=customer,
        version=ScoreModelVersion.objects.get(),
        as_of=at,
        computed_at=at,
        activity_version=1,
        score=score,
        raw=0.5,
        low_evidence=False,
        **FIGURES,
    )


def live(customer: Customer, queue: Queue, user: User) -> Ticket:
    """One of everything, an hour apart."""
    log_interaction(customer=customer, kind="call", direction="inbound", subject="Called", author=user, at=NOW)
    product, _made = Product.objects.get_or_create(sku="P", defaults={"name": "Pump"})
    line = NewLine(product=product, unit_price=Decimal(3))
    place_order(customer=customer, currency="EUR", lines=[line], at=NOW + HOUR)
    ticket = open_ticket(customer=customer, subject="Leaks", queue=queue, by=user, at=NOW + 2 * HOUR)
    solve_ticket(ticket=ticket, by=user, at=NOW + 3 * HOUR)
    rate_ticket(ticket=ticket, value=5, by=None, at=NOW + 4 * HOUR, comment="好")
    snapshot(customer, 50.0, NOW + 5 * HOUR)
    snapshot(customer, 62.5, NOW + 6 * HOUR)
    return ticket


def test_it_tells_everything_newest_first(ann: User, acme: Customer, queue: Queue) -> None:
    live(acme, queue, ann)
    entries, following = timeline(acme, user=ann, at=LATER)
    assert [entry.type for entry in entries] == [
        "score",
        "score",
        "rating",
        "ticket_solved",
        "ticket_opened",
        "order",
        "interaction",
    ]
    assert [entry.detail["change"] for entry in entries[:2]] == [12.5, None]
    assert (entries[2].detail["value"], entries[2].detail["comment"]) == (5, "好")
    assert (entries[4].title, entries[6].title) == ("Leaks", "Called")
    assert entries[5].detail == {"status": "placed", "total": "3.00", "currency": "EUR"}
    assert [entry.at for entry in entries] == [NOW + n * HOUR for n in (6, 5, 4, 3, 2, 1, 0)]
    assert following is None


def test_it_shows_only_what_the_user_may_see(ann: User, otto: User, acme: Customer, queue: Queue) -> None:
    ticket = live(acme, queue, ann)
    assert timeline(acme, user=otto, at=LATER) == ([], None)
    Ticket.objects.filter(pk=ticket.pk).update(assignee=otto.agent)
    assert [entry.type for entry in timeline(acme, user=otto, at=LATER)[0]] == ["ticket_solved", "ticket_opened"]


def test_it_shows_only_kinds_that_the_user_may_read(acme: Customer, queue: Queue, ann: User, north: Team) -> None:
    live(acme, queue, ann)
    nobody = User.objects.create_user("nobody")
    nobody.teams.add(north)
    assert timeline(acme, user=nobody, at=LATER) == ([], None)


def test_a_requester_sees_the_tickets_they_asked_for(ann: User, acme: Customer, wang: Customer, queue: Queue) -> None:
    open_ticket(customer=acme, requester=wang, subject="Leaks", queue=queue, by=None, at=NOW)
    assert [entry.type for entry in timeline(wang, user=ann, at=LATER)[0]] == ["ticket_opened"]


def test_a_change_is_told_across_pages(ann: User, acme: Customer) -> None:
    for n in range(5):
        snapshot(acme, 50.0 + n, NOW + n * HOUR)
    first, following = timeline(acme, user=ann, at=LATER, limit=2)
    rest, end = timeline(acme, user=ann, at=LATER, before=following, limit=3)
    assert [entry.detail["change"] for entry in first + rest] == [1.0, 1.0, 1.0, 1.0, None]
    assert end is None


@given(minutes=st.lists(st.integers(0, 3), min_size=1, max_size=20), limit=st.integers(1, 7))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pages_of_any_size_tell_each_entry_once(
    root: User, acme: Customer, queue: Queue, minutes: list[int], limit: int
) -> None:
    for model in (Interaction, SatisfactionRating, Order, Ticket, Relation, Consent):
        model.objects.all().delete()
    relate("client", acme, since=NOW.date())  # stands at midnight, as does a call
    relate("partner", acme, since=NOW.date() - timedelta(days=1), until=NOW.date())
    midnight = NOW.replace(hour=0)
    log_interaction(customer=acme, kind="call", direction="inbound", subject="0", author=None, at=midnight)
    record_consent(customer=acme, purpose="survey", is_given=True, at=midnight)
    for n, minute in enumerate(minutes):  # many at the same moment, of several kinds
        at = NOW + timedelta(minutes=minute)
        if n % 3:
            log_interaction(customer=acme, kind="call", direction="inbound", subject=str(n), author=None, at=at)
        else:
            solve_ticket(ticket=open_ticket(customer=acme, subject=str(n), queue=queue, by=None, at=at), by=None, at=at)
    whole, _end = timeline(acme, user=root, at=LATER, limit=200)
    told: list[Entry] = []
    page, following = timeline(acme, user=root, at=LATER, limit=limit)
    told += page
    while following is not None:
        page, following = timeline(acme, user=root, at=LATER, before=following, limit=limit)
        told += page
    assert told == whole
    assert len({entry.place for entry in told}) == len(told)
    assert [entry.place for entry in told] == sorted((entry.place for entry in told), reverse=True)


@pytest.mark.parametrize("count", [3, 60])
def test_it_costs_one_query(
    root: User, acme: Customer, queue: Queue, count: int, django_assert_num_queries: Any
) -> None:
    Interaction.objects.bulk_create(
        Interaction(customer=acme, kind="call", subject=str(n), at=NOW + n * HOUR) for n in range(count)
    )
    with django_assert_num_queries(1):
        timeline(acme, user=root, at=LATER)


def test_consents_are_told(ann: User, acme: Customer) -> None:
    record_consent(customer=acme, purpose="marketing", channel="email", is_given=False, source="phone call", at=NOW)
    (entry,) = timeline(acme, user=ann, at=LATER)[0]
    assert (entry.type, entry.at, entry.title) == ("consent", NOW, "Marketing · E-mail")
    assert (entry.detail["is_given"], entry.detail["source"]) == (False, "phone call")


def test_relations_are_told_from_both_ends_on_the_days_they_began_and_ended(
    ann: User, acme: Customer, wang: Customer
) -> None:
    relate("works-for", wang, acme, role="Buyer", since=date(2024, 1, 2), until=date(2025, 3, 4))
    at_wang, at_acme = (timeline(customer, user=ann, at=LATER)[0] for customer in (wang, acme))
    assert [(e.type, e.title, e.at.date().isoformat()) for e in at_wang] == [
        ("relation_ended", "works for Acme Pumps", "2025-03-04"),
        ("relation_began", "works for Acme Pumps", "2024-01-02"),
    ]
    assert [entry.title for entry in at_acme] == ["employs 王芳", "employs 王芳"]
    assert (at_acme[0].detail["customer"], at_acme[0].detail["role"]) == (wang.pk, "Buyer")


def test_what_has_not_begun_or_ended_yet_is_not_told(ann: User, acme: Customer) -> None:
    relate("client", acme, since=LATER.date(), until=LATER.date())
    assert timeline(acme, user=ann, at=NOW)[0] == []
    assert [entry.type for entry in timeline(acme, user=ann, at=LATER)[0]] == ["relation_began"]
    following = timeline(acme, user=ann, at=LATER + timedelta(days=1))[0]
    assert [entry.type for entry in following] == ["relation_ended", "relation_began"]


def test_a_relation_to_somebody_out_of_sight_is_not_told(ann: User, acme: Customer, south: Team) -> None:
    theirs = Customer.objects.create(name="Theirs", team=south)
    relate("works-for", theirs, acme, since=NOW.date())
    assert timeline(acme, user=ann, at=LATER)[0] == []


def test_what_they_asked_for_another_out_of_sight_is_not_told(
    ann: User, root: User, wang: Customer, acme: Customer, south: Team
) -> None:
    there = Queue.objects.create(name="South", team=south, calendar=Calendar.objects.get(name="Office hours"))
    open_ticket(customer=acme, requester=wang, subject="Leaks", queue=there, by=None, at=NOW)
    assert timeline(wang, user=ann, at=LATER)[0] == []
    assert [entry.title for entry in timeline(wang, user=root, at=LATER)[0]] == ["Leaks"]


def test_scores_of_whoever_objected_are_not_told(ann: User, wang: Customer) -> None:
    snapshot(wang, 50.0, NOW)
    assert [entry.type for entry in timeline(wang, user=ann, at=LATER)[0]] == ["score"]
    Customer.objects.filter(pk=wang.pk).update(profiling_objected_at=NOW)
    assert timeline(wang, user=ann, at=LATER)[0] == []


def test_merges_are_told(ann: User, acme: Customer) -> None:
    gone = Customer.objects.create(name="Acme Pump", kind="organisation", team=acme.team, merged_into=acme)
    Merge.objects.create(kept=acme, gone=gone, at=NOW)
    (entry,) = timeline(acme, user=ann, at=LATER)[0]
    assert (entry.type, entry.title, entry.detail) == ("merge", "Acme Pump", {"customer": gone.pk, "undone": False})


def test_it_can_be_narrowed_down_to_some_types(ann: User, acme: Customer, queue: Queue) -> None:
    live(acme, queue, ann)
    found, _end = timeline(acme, user=ann, at=LATER, types=("order", "rating"))
    assert [entry.type for entry in found] == ["rating", "order"]


def test_a_requester_who_is_the_customer_is_told_once(ann: User, wang: Customer, queue: Queue) -> None:
    open_ticket(customer=wang, requester=wang, subject="Leaks", queue=queue, by=None, at=NOW)
    assert [entry.type for entry in timeline(wang, user=ann, at=LATER)[0]] == ["ticket_opened"]
