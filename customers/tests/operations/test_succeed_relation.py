from datetime import date
from functools import partial

import pytest

from customers.models import Customer, Relation, StaleVersion, Team
from customers.operations.relate_customers import AlreadyRelated, RelationRefused
from customers.operations.succeed_relation import succeed_relation
from customers.tests.operations.relations import firms, relate, type_of
from tests.cast import NOW
from tests.races import at_once

pytestmark = pytest.mark.django_db
JULY = date(2024, 7, 1)


def test_one_ends_the_day_before_the_next_begins(acme: Customer) -> None:
    prospect = relate("prospect", acme, since=date(2023, 5, 1), role="Pumps", strength=4)
    client = succeed_relation(relation=prospect, type=type_of("client"), since=JULY, at=NOW)
    prospect.refresh_from_db()
    assert (prospect.until, prospect.version) == (date(2024, 6, 30), 2)
    assert (client.type.code, client.since, client.until, client.to_customer) == ("client", JULY, None, None)
    assert (client.role, client.strength) == ("Pumps", 4)


def test_a_whole_history_is_told(acme: Customer) -> None:
    relation = relate("prospect", acme)
    for code, since in ("client", JULY), ("former-client", date(2025, 1, 1)), ("client", date(2026, 1, 1)):
        relation = succeed_relation(relation=relation, type=type_of(code), since=since, at=NOW)
    told = Relation.objects.order_by("pk").values_list("type__code", "since", "until")
    assert list(told) == [
        ("prospect", None, date(2024, 6, 30)),
        ("client", JULY, date(2024, 12, 31)),
        ("former-client", date(2025, 1, 1), date(2025, 12, 31)),
        ("client", date(2026, 1, 1), None),
    ]


def test_one_that_ended_earlier_keeps_its_end(acme: Customer) -> None:
    client = relate("client", acme, until=date(2020, 1, 1))
    succeed_relation(relation=client, type=type_of("prospect"), since=JULY, at=NOW)
    client.refresh_from_db()
    assert (client.until, client.version) == (date(2020, 1, 1), 1)


@pytest.mark.parametrize(
    ("code", "since", "field"),
    [
        ("works-for", JULY, "type"),
        ("prospect", JULY, "type"),
        ("client", date(2023, 5, 1), "since"),
        ("client", date(2020, 1, 1), "since"),
    ],
)
def test_what_cannot_follow_is_refused(acme: Customer, code: str, since: date, field: str) -> None:
    prospect = relate("prospect", acme, since=date(2023, 5, 1))
    with pytest.raises(RelationRefused) as refused:
        succeed_relation(relation=prospect, type=type_of(code), since=since, at=NOW)
    assert refused.value.field == field
    assert Relation.objects.get().until is None


def test_nothing_begins_on_the_first_day_of_all(acme: Customer) -> None:
    with pytest.raises(RelationRefused) as refused:
        succeed_relation(relation=relate("prospect", acme), type=type_of("client"), since=date.min, at=NOW)
    assert refused.value.field == "since"


def test_a_relation_to_another_customer_has_no_successor(acme: Customer, wang: Customer) -> None:
    with pytest.raises(RelationRefused) as refused:
        succeed_relation(relation=relate("works-for", wang, acme), type=type_of("client"), since=JULY, at=NOW)
    assert refused.value.field == "type"


def test_where_the_next_is_on_record_nothing_ends(acme: Customer) -> None:
    prospect = relate("prospect", acme)
    relate("client", acme, since=date(2025, 1, 1))
    with pytest.raises(AlreadyRelated):
        succeed_relation(relation=prospect, type=type_of("client"), since=JULY, at=NOW)
    prospect.refresh_from_db()
    assert prospect.until is None


def test_a_stale_one_is_refused(acme: Customer) -> None:
    with pytest.raises(StaleVersion):
        succeed_relation(
            relation=relate("prospect", acme), type=type_of("client"), since=JULY, at=NOW, expected_version=9
        )


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_succeeds() -> None:
    (a,) = firms(Team.objects.get(), "A")
    prospect = relate("prospect", a)

    def succeed(code: str) -> Relation:
        mine = Relation.objects.get(pk=prospect.pk)
        return succeed_relation(relation=mine, type=type_of(code), since=JULY, at=NOW, expected_version=1)

    results = at_once(partial(succeed, "client"), partial(succeed, "partner"))
    assert sorted(type(result).__name__ for result in results) == ["Relation", "StaleVersion"], results
    assert Relation.objects.filter(until=None).count() == 1
