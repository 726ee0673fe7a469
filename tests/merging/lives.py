"""Two customers with everything that a customer can have, by chance and through the same operations as in real life."""

import random
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db.models import Model

from analytics.tests.histories import exclude
from customers.models import (
    Consent,
    Customer,
    DuplicatePair,
    ExternalId,
    Observation,
    Product,
    RelationType,
    Tag,
    Team,
    User,
)
from customers.operations.add_contact_point import HasItAlready, add_contact_point
from customers.operations.deliver_order import deliver_order
from customers.operations.log_interaction import log_interaction
from customers.operations.place_order import NewLine, place_order
from customers.operations.plain_rows import plain
from customers.operations.relate_customers import AlreadyRelated, RelationRefused, relate_customers
from services.models import Queue
from services.operations.open_ticket import open_ticket
from services.operations.rate_order import rate_order
from services.operations.rate_ticket import rate_ticket
from services.operations.receive_message import receive_message
from services.operations.reply_to_ticket import reply_to_ticket
from services.operations.solve_ticket import solve_ticket
from tests.cast import NOW

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
# Shared, so that the two often have the same.
POINTS = [
    ("email", "info@example.com", "work"),
    ("email", "INFO@example.com", ""),
    ("email", "sales@example.com", ""),
    ("phone", "020 7946 0018", "desk"),
    ("phone", "+44 20 7946 0018", ""),
    ("phone", "030 901820", ""),
    ("messenger", "wx_pumps", "WeChat"),
]


class Lives:
    """Fills the two customers, and some third ones that both deal with."""

    def __init__(self, seed: int, *, pair: Iterable[Customer], team: Team, queue: Queue, agent: User) -> None:
        self.chance = random.Random(seed)
        self.pair = list(pair)
        self.team, self.queue, self.agent = team, queue, agent
        self.others = [self._customer(f"Other {n}", "organisation") for n in range(4)]
        self.people = [self._customer(f"Person {n}", "person") for n in range(3)]
        self.tags = [Tag.objects.create(name=f"tag {n}") for n in range(4)]
        self.product = Product.objects.create(sku="P-1", name="Pump", list_price=Decimal(100), currency="EUR")

    def _customer(self, name: str, kind: str) -> Customer:
        return Customer.objects.create(name=name, kind=kind, team=self.team, created_at=NOW - 400 * DAY)

    def live(self) -> None:
        """Both live for a while."""
        for customer in self.pair:
            self._be(customer)
            for _ in range(self.chance.randint(0, 4)):
                self._ask(customer)
            for _ in range(self.chance.randint(0, 4)):
                self._buy(customer)
        self._relate()
        self._leave_out()
        self._look_alike()

    def _be(self, customer: Customer) -> None:
        for kind, value, label in self.chance.sample(POINTS, self.chance.randint(0, 5)):
            try:
                add_contact_point(
                    customer=customer,
                    kind=kind,
                    value=value,
                    label=label,
                    at=NOW,
                    is_primary=self.chance.random() < 0.5,
                )
            except HasItAlready:
                continue
        customer.tags.add(*self.chance.sample(self.tags, 2))
        ExternalId.objects.create(customer=customer, source="crm", source_id=f"c{customer.pk}")
        for purpose in self.chance.sample(["marketing", "survey", "profiling"], 2):
            given = self.chance.random() < 0.5
            Consent.objects.create(customer=customer, purpose=purpose, is_given=given, at=NOW, recorded_at=NOW)
        for n in range(self.chance.randint(0, 2)):
            log_interaction(
                customer=customer, kind="call", direction="inbound", subject=f"Call {n}", author=self.agent, at=NOW
            )

    def _ask(self, customer: Customer) -> None:
        at = NOW - timedelta(days=self.chance.uniform(5, 200))
        about: dict[str, Any] = {"customer": customer}
        if customer.kind == "organisation" and self.chance.random() < 0.4:
            about["requester"] = self.chance.choice(self.people)
        if self.chance.random() < 0.3:  # of somebody else, asked for by this one; now and then of the other of the two
            about = {"customer": self.chance.choice([*self.others, *self.pair]), "requester": customer}
        ticket = open_ticket(**about, subject="Leaks", queue=self.queue, by=None, at=at, body="Help")
        if self.chance.random() < 0.8:
            reply_to_ticket(ticket=ticket, body="We come.", by=self.agent, at=at + HOUR * self.chance.uniform(0.2, 30))
        if self.chance.random() < 0.3:
            receive_message(ticket=ticket, body="Still leaks.", by=None, at=at + 2 * DAY)
        if self.chance.random() < 0.6:
            solve_ticket(ticket=ticket, by=self.agent, at=at + 3 * DAY)
            if self.chance.random() < 0.7:
                rate_ticket(ticket=ticket, value=self.chance.randint(1, 5), by=None, at=at + 4 * DAY)
                rate_ticket(ticket=ticket, value=self.chance.randint(1, 5), by=None, at=at + 5 * DAY)

    def _buy(self, customer: Customer) -> None:
        at = NOW - timedelta(days=self.chance.uniform(5, 200))
        line = NewLine(product=self.product, unit_price=Decimal(self.chance.randint(50, 150)))
        order = place_order(customer=customer, currency="EUR", lines=[line], at=at, promised_at=at + 3 * DAY)
        if self.chance.random() < 0.7:
            deliver_order(order=order, at=at + timedelta(days=self.chance.uniform(1, 5)))
        if self.chance.random() < 0.5:
            rate_order(order=order, value=self.chance.randint(1, 5), at=at + 6 * DAY)

    def _relate(self) -> None:
        types = list(RelationType.objects.all())
        everybody: list[Customer] = [*self.others, *self.people, *self.pair]
        for _ in range(40):
            kind = self.chance.choice(types)
            ends = {"from_customer": self.chance.choice(everybody), "to_customer": self.chance.choice(everybody)}
            if not set(ends.values()) & set(self.pair) and self.chance.random() < 0.5:
                continue
            since = self.chance.choice([None, NOW.date() - 300 * DAY])
            until = self.chance.choice([None, None, NOW.date() - 200 * DAY])
            try:
                to = None if kind.is_with_us else ends["to_customer"]
                relate_customers(
                    type=kind, from_customer=ends["from_customer"], to_customer=to, since=since, until=until, at=NOW
                )
            except (RelationRefused, AlreadyRelated):
                continue

    def _leave_out(self) -> None:
        standing = list(Observation.objects.filter(superseded_version=None, customer__in=self.pair))
        for row in self.chance.sample(standing, min(2, len(standing))):
            exclude(row, at=NOW - HOUR, until=self.chance.choice([None, NOW + 9 * DAY]), reason="wrong ticket")

    def _look_alike(self) -> None:
        states = ["open", "open", "dismissed"]
        for one in self.pair:
            for other in self.others:
                if self.chance.random() < 0.5:
                    make_pair(one, other, state=self.chance.choice(states))
        if self.chance.random() < 0.7:
            make_pair(*self.pair)


def make_pair(one: Customer, other: Customer, *, score: float = 0.8, state: str = "open") -> DuplicatePair:
    """A possible duplicate, as the sweep finds it."""
    first, second = sorted([one, other], key=lambda customer: customer.pk)
    return DuplicatePair.objects.create(
        first=first,
        second=second,
        score=score,
        state=state,
        reasons=[{"what": "name", "similarity": 0.9, "points": 5.0}],
        found_by="sweep",
        found_at=NOW,
    )


# What a merge and its undoing leave other than it was: clocks, the ledger (compared apart), the merge itself, and what
# the next sweep computes anew.
CLOCKS = {"version", "updated_at", "activity_version", "last_activity_at"}
APART = {
    *("customers.Observation", "customers.Merge", "analytics.CustomerScore", "analytics.PreferenceProfile"),
    *("customers.AuditEntry", "customers.AuditSeal"),
}

Tables = dict[str, dict[str, dict[str, Any]]]


def tables() -> Tables:
    """Every row of our own apps, by model and key."""
    models = [
        model
        for app in ("customers", "services", "analytics")
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
        if model._meta.label not in APART
    ]
    return {model._meta.label: _rows(model) for model in models}


def _rows(model: type[Model]) -> dict[str, dict[str, Any]]:
    names = [field.attname for field in model._meta.concrete_fields if field.name not in CLOCKS]
    return {str(row["pk"]): {k: plain(row[k]) for k in names} for row in model._base_manager.values("pk", *names)}


FACT = (
    "factor",
    "measure",
    "value",
    "reference",
    "at",
    "subject_type",
    "subject_id",
    "due_at",
    "is_exclusion",
    "excluded_until",
    "excluded_by_id",
    "reason",
)


def standing_facts() -> set[Any]:
    """What stands on record of everybody."""
    return set(Observation.objects.filter(superseded_version=None).values_list("customer_id", *FACT))
