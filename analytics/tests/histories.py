"""Histories for the tests of the scoring run: facts put on record by the same operation as in real life."""

import random
from dataclasses import replace
from datetime import datetime, timedelta

from analytics.choices import RunKind
from analytics.models import CustomerScore, ScoringRun
from analytics.operations.ensure_run import ensure_run
from analytics.operations.ensure_versions import ensure_versions
from analytics.operations.work_chunks import work_chunks
from customers.choices import Factor, Measure
from customers.models import Customer, Observation, Team
from customers.operations.observe import NewFact, observe
from tests.cast import NOW

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def rating(customer: Customer, value: float, *, at: datetime = NOW - DAY, subject: int = 1) -> NewFact:
    """A CSAT rating of 1 to 5."""
    return NewFact(customer.pk, Factor.QUALITY, Measure.CSAT, value, None, at, "rating", subject)


def promises(customer: Customer, kept: int, made: int, *, at: datetime = NOW - DAY, subject: int = 1) -> NewFact:
    """Promises of an order."""
    return NewFact(customer.pk, Factor.RELIABILITY, Measure.PROMISES, kept, made, at, "order", subject)


def promised(customer: Customer, *, at: datetime, kept: int = 0, subject: int = 1) -> NewFact:
    """The promise of an order as promise_fact tells it: kept, or broken from `at` on, which may lie ahead."""
    return replace(promises(customer, kept, 1, at=at, subject=subject), is_whole=True)


def waiting(customer: Customer, *, at: datetime, due_at: datetime, target: float, ticket: int = 1) -> NewFact:
    """A message that waits for its reply; `target` in seconds."""
    return NewFact(customer.pk, Factor.RESPONSIVENESS, Measure.REPLY, None, target, at, "ticket", ticket, due_at=due_at)


def reply(customer: Customer, seconds: float, target: float, *, at: datetime = NOW - DAY, ticket: int = 1) -> NewFact:
    """A message that was answered after so many seconds of business time."""
    return NewFact(customer.pk, Factor.RESPONSIVENESS, Measure.REPLY, seconds, target, at, "ticket", ticket)


def price(customer: Customer, paid: float, usual: float, *, at: datetime = NOW - DAY, subject: int = 1) -> NewFact:
    """What an order cost, and what it usually costs."""
    return NewFact(customer.pk, Factor.PRICE, Measure.PRICE, paid, usual, at, "order", subject)


def exclude(row: Observation, *, at: datetime, until: datetime | None = None, reason: str = "spam") -> Observation:
    """Leave a fact out: a row that repeats it and supersedes it, as the ledger wants it."""
    customer = Customer.objects.get(pk=row.customer_id)
    customer.activity_version += 1
    customer.last_activity_at = at
    customer.save(update_fields=["activity_version", "last_activity_at"])
    exclusion = Observation.objects.get(pk=row.pk)
    exclusion.pk = None
    exclusion.recorded_at, exclusion.recorded_version = at, customer.activity_version
    exclusion.is_exclusion, exclusion.excluded_until, exclusion.reason = True, until, reason
    exclusion.save(force_insert=True)
    row.superseded_at, row.superseded_version = row.at, customer.activity_version
    row.save(update_fields=["superseded_at", "superseded_version"])
    return exclusion


def populate(team: Team, customers: int, *, seed: int = 1, until: datetime = NOW) -> list[Customer]:
    """Customers with histories of all kinds: none, long, corrected, excluded, waiting, and facts still to come."""
    chance = random.Random(seed)
    people = [Customer(name=f"客户 {i}", team=team, last_activity_at=until - 400 * DAY) for i in range(customers)]
    people = Customer.objects.bulk_create(people)
    for customer in people:
        for subject in range(1, chance.choice([1, 2, 5]) + 1):
            _live(customer, customer.pk * 100 + subject, chance, until)
    return people


def _live(customer: Customer, subject: int, chance: random.Random, until: datetime) -> None:
    at = until - timedelta(days=chance.uniform(-1, 300), microseconds=chance.randrange(10**6))
    if chance.random() < 0.2:
        return
    facts = [
        rating(customer, chance.randint(1, 5), at=at, subject=subject),
        promises(customer, chance.randint(0, 2), 2, at=at, subject=subject),
        price(customer, chance.uniform(1, 90), 30, at=at, subject=subject),
        chance.choice(
            [
                reply(customer, chance.expovariate(1 / 9000), 7200, at=at, ticket=subject),
                waiting(customer, at=at, due_at=at + 2 * HOUR, target=7200, ticket=subject),
            ]
        ),
    ]
    rows = observe(facts=chance.sample(facts, chance.randint(1, 4)), at=at)
    if chance.random() < 0.3:
        observe(facts=[replace(facts[0], value=chance.randint(1, 5), at=at + DAY)], at=at + DAY)
    elif chance.random() < 0.2:
        exclude(rows[0], at=at + DAY, until=chance.choice([None, until - DAY, until + DAY]))
    if chance.random() < 0.5:
        _order(customer, subject + 10**6, chance, at)


def _order(customer: Customer, subject: int, chance: random.Random, at: datetime) -> None:
    """An order with a promised date: it is still to come or overdue, was moved, or came before its date."""
    due = at + timedelta(days=chance.uniform(0, 40))
    observe(facts=[promised(customer, at=due, subject=subject)], at=at)
    if chance.random() < 0.3:
        due += timedelta(days=chance.uniform(-9, 9))
        observe(facts=[promised(customer, at=due, subject=subject)], at=at + HOUR)
    if chance.random() < 0.4:
        came = due - timedelta(days=chance.uniform(0, 9))
        observe(facts=[promised(customer, at=came, kept=1, subject=subject)], at=max(at, came) + DAY)


def score_everybody(*, at: datetime = NOW, kind: RunKind = RunKind.MANUAL, as_of: datetime | None = None) -> ScoringRun:
    """A whole run, worked off here and now."""
    ensure_versions(at=at)
    run = ensure_run(kind=kind, logical_at=at, as_of=as_of or at, at=at)
    list(work_chunks(run=run, clock=lambda: at))
    run.refresh_from_db()
    return run


def scores() -> dict[int, float]:
    """The score of every customer."""
    return dict(CustomerScore.objects.values_list("customer_id", "score"))
