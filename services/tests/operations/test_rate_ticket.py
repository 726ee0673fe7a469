import pytest

from customers.models import Customer, Observation
from services.models import Queue, SatisfactionRating
from services.operations.rate_ticket import rate_ticket
from services.operations.write_rating import RatingOutOfBounds
from services.tests.operations.desk import a_ticket, after


def test_it_is_a_row_an_event_and_a_fact_for_both(acme: Customer, wang: Customer, queue: Queue) -> None:
    ticket = a_ticket(acme, queue, requester=wang)
    rating = rate_ticket(ticket=ticket, value=4, comment="好", by=None, at=after(days=1))
    assert (rating.customer, rating.scale, rating.value, rating.comment) == (acme, "csat", 4, "好")
    facts = Observation.objects.filter(subject_type="rating", subject_id=rating.pk)
    assert {(f.customer_id, f.value, f.at) for f in facts} == {
        (acme.pk, 4.0, after(days=1)),
        (wang.pk, 4.0, after(days=1)),
    }
    assert ticket.events.get(kind="rated").data == {"rating": rating.pk, "scale": "csat", "value": 4}


def test_a_changed_mind_replaces_the_old_rating(acme: Customer, queue: Queue) -> None:
    ticket = a_ticket(acme, queue)
    first = rate_ticket(ticket=ticket, value=5, by=None, at=after(days=1))
    second = rate_ticket(ticket=ticket, value=1, by=None, at=after(days=2))
    first.refresh_from_db()
    assert first.replaced_by == second
    standing = Observation.objects.get(subject_type="rating", superseded_version=None)
    assert (standing.subject_id, standing.value) == (second.pk, 1)
    assert Observation.objects.get(subject_id=first.pk, subject_type="rating").superseded_at == after(days=2)


def test_the_same_answer_again_changes_nothing(acme: Customer, queue: Queue) -> None:
    ticket = a_ticket(acme, queue)
    first = rate_ticket(ticket=ticket, value=5, by=None, at=after(days=1))
    acme.refresh_from_db()
    version = acme.activity_version
    assert rate_ticket(ticket=ticket, value=5, by=None, at=after(days=2)) == first
    acme.refresh_from_db()
    assert (SatisfactionRating.objects.count(), ticket.version, acme.activity_version) == (1, 2, version)


def test_another_scale_stands_beside_it(acme: Customer, queue: Queue) -> None:
    ticket = a_ticket(acme, queue)
    rate_ticket(ticket=ticket, value=5, by=None, at=after(days=1))
    rate_ticket(ticket=ticket, value=0, scale="nps", by=None, at=after(days=1))
    assert SatisfactionRating.objects.filter(replaced_by=None).count() == 2


@pytest.mark.parametrize(("scale", "value"), [("csat", 0), ("csat", 6), ("review", 0), ("nps", 11), ("ces", 8)])
def test_it_refuses_what_is_not_on_the_scale(acme: Customer, queue: Queue, scale: str, value: int) -> None:
    ticket = a_ticket(acme, queue)
    with pytest.raises(RatingOutOfBounds, match=f"{scale.upper()} is a whole number from . to .*, not {value}"):
        rate_ticket(ticket=ticket, value=value, scale=scale, by=None, at=after())
    assert not SatisfactionRating.objects.exists()
