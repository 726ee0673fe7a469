"""A small crowd of customers with everything that segments can ask for, drawn at random from few values, so that chance
definitions find some of them and not others."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from analytics.models import (
    ContactRisk,
    CustomerScore,
    PreferenceModelVersion,
    PreferenceProfile,
    RelationEffect,
    ScoreModelVersion,
    ScoringRun,
)
from analytics.tests.actions import valued
from customers.models import (
    Category,
    Consent,
    ContactPoint,
    CustomAttribute,
    Customer,
    ExternalId,
    Interaction,
    Order,
    OrderLine,
    Product,
    Relation,
    RelationType,
    Tag,
    Team,
    User,
)
from services.models import Queue, SatisfactionRating, ServiceType, Ticket
from tests.cast import NOW

SIZE = 40
NAMES = ["Ana Lima", "ana lima", "Ànà Lima", "Pump & Co", "PUMP & CO", "100%", "a_b", "王芳", "Straße 7", "Émile"]
WORDS = ["", "pumps", "Pumps", "PÜMPS", "pümps ", "a%b", "acb", "émile", "emile"]
DAYS = [0, 1, 29, 30, 31, 90, 400]
REACHED = [("email", "a@one.example"), ("email", "b@two.example"), ("phone", "+44 20 7946 0000"), ("address", "x")]
ATTRIBUTES = [
    ("size", "number", []),
    ("größe-x", "text", []),
    ("2024", "date", []),
    ("a__b", "yes_no", []),
    ("level", "choice", ["gold", "Gold", "100%"]),
]
# Of every type, and of none: what an older definition or another system may have left.
VALUES: dict[str, list[Any]] = {
    "size": [0, 7, 7.5, -3, 10, "7", True, None, [7]],
    "größe-x": ["", "xl", "XL", "ÜBERGROß", "übergroß", "ubergross", "1", 1, False, {"a": 1}],
    "2024": ["2026-05-31", "2026-06-03", "2025-01-01", "2026-06-10", "soon", 20260531],
    "a__b": [True, False, True, False, "true", 1],
    "level": ["gold", "Gold", "100%", "silver", 3],
}


def make_crowd(seed: int, teams: list[Team], users: list[User], queue: Queue) -> None:
    """Everything, for this seed."""
    _Maker(Random(seed), teams, users, queue).make()


class _Maker:
    def __init__(self, rng: Random, teams: list[Team], users: list[User], queue: Queue) -> None:
        self.rng, self.teams, self.users, self.queue = rng, teams, users, queue

    def ago(self) -> Any:
        """A moment some days before now, sometimes to the second."""
        return NOW - timedelta(days=self.rng.choice(DAYS), seconds=self.rng.choice([0, 0, 1]))

    def some(self, values: list[Any], most: int = 3) -> list[Any]:
        return self.rng.sample(values, self.rng.randint(0, min(most, len(values))))

    def make(self) -> None:
        for code, type, choices in ATTRIBUTES:
            CustomAttribute.objects.create(code=code, name=code, type=type, choices=choices)
        self.customers = [self.customer() for _ in range(SIZE)]
        Customer.objects.bulk_create(self.customers)
        Customer.objects.filter(pk=self.customers[-1].pk).update(merged_into=self.customers[0].pk)
        self.label()
        self.sell()
        self.serve()
        self.score()

    def customer(self) -> Customer:
        rng = self.rng
        attributes = {code: rng.choice(values) for code, values in VALUES.items() if rng.random() < 0.8}
        return Customer(
            kind=rng.choice(["person", "organisation"]),
            name=rng.choice(NAMES),
            given_name=rng.choice(WORDS),
            family_name=rng.choice(WORDS),
            industry=rng.choice(WORDS),
            language=rng.choice(["", "en", "zh-hans"]),
            country=rng.choice(["", "GB", "CN"]),
            team=rng.choice(self.teams),
            owner=rng.choice([None, *self.users]),
            attributes=attributes,
            created_at=self.ago(),
            last_activity_at=self.ago(),
        )

    def label(self) -> None:
        rng = self.rng
        tags = [Tag.objects.create(name=name) for name in ("VIP", "Fair", "Late")]
        types = list(RelationType.objects.filter(code__in=["client", "partner", "works-for", "married-to"]))
        points = []
        for row in self.customers:
            row.tags.set(self.some(tags))
            for kind, value in self.some(
                [
                    ("email", "a@one.example"),
                    ("email", "b@two.example"),
                    ("phone", "+44 20 7946 0000"),
                    ("address", "x"),
                ]
            ):
                points.append(ContactPoint(customer=row, kind=kind, value=value))
                points[-1].index_value()
            for source in self.some(["crm", "shop"], 2):
                ExternalId.objects.create(customer=row, source=source, source_id=str(row.pk))
            for _ in range(rng.randint(0, 2)):
                self.relate(row, rng.choice(types))
            for _ in range(rng.randint(0, 3)):
                Consent.objects.create(
                    customer=row,
                    purpose=rng.choice(["marketing", "survey"]),
                    channel=rng.choice(["any", "email", "phone"]),
                    is_given=rng.random() < 0.5,
                    at=self.ago(),
                    recorded_at=NOW,
                )
        ContactPoint.objects.bulk_create(points)

    def relate(self, row: Customer, type: RelationType) -> None:
        other = None if type.is_with_us else self.rng.choice([one for one in self.customers if one is not row])
        since = self.rng.choice([None, *(date(2026, 6, 3) - timedelta(days=days) for days in DAYS)])
        until = self.rng.choice([None, None, date(2026, 6, 2), date(2026, 6, 3)])
        if since and until and until < since:
            until = since
        Relation.objects.create(type=type, from_customer=row, to_customer=other, since=since, until=until)

    def sell(self) -> None:
        rng = self.rng
        pumps = Category.objects.create(name="Pumps")
        small = Category.objects.create(name="Small pumps", parent=pumps)
        valves = Category.objects.create(name="Valves")
        products = [
            Product.objects.create(sku=name, name=name, category=category)
            for name, category in [("P", pumps), ("S", small), ("V", valves), ("N", None)]
        ]
        for row in self.customers:
            for number in range(rng.choice([0, 0, 1, 2, 3, 5])):
                at = self.ago() + timedelta(days=rng.choice([0, 0, 0, 3]))  # some lie in the future
                promised = rng.choice([None, at + timedelta(days=2)])
                order = Order.objects.create(
                    number=f"{row.pk}-{number}",
                    customer=row,
                    status=rng.choice(["placed", "delivered", "cancelled"]),
                    currency=rng.choice(["EUR", "EUR", "CNY"]),
                    ordered_at=at,
                    promised_at=promised,
                    delivered_at=rng.choice([None, at + timedelta(days=1), at + timedelta(days=5)]),
                    total=Decimal(rng.choice(["10.10", "20.20", "50.00", "0.00"])),
                )
                for product in self.some(products, 2):
                    OrderLine.objects.create(order=order, product=product, unit_price=1)
            for _ in range(rng.choice([0, 1, 2])):
                Interaction.objects.create(
                    customer=row,
                    kind=rng.choice(["call", "visit"]),
                    direction=rng.choice(["inbound", "outbound"]),
                    subject="x",
                    at=self.ago() + timedelta(days=rng.choice([0, 3])),
                )

    def serve(self) -> None:
        rng = self.rng
        types = [None, *ServiceType.objects.all()[:2]]
        agents = [None, *(user.agent for user in self.users)]
        tickets: list[Ticket] = []
        for row in self.customers:
            for _ in range(rng.choice([0, 0, 1, 2, 4])):
                tickets.append(
                    Ticket(
                        number=f"T{len(tickets)}",
                        subject="x",
                        customer=row,
                        requester=rng.choice([None, None, *self.customers]),
                        queue=self.queue,
                        team=rng.choice(self.teams),
                        assignee=rng.choice(agents),
                        service_type=rng.choice(types),
                        status=rng.choice(["new", "open", "solved", "closed"]),
                        priority=rng.choice([1, 2, 4]),
                        channel=rng.choice(["email", "phone"]),
                        created_at=self.ago(),
                        reopen_count=rng.choice([0, 0, 1, 2]),
                        first_replied_at=rng.choice([None, NOW]),
                        first_reply_due_at=rng.choice([None, NOW - timedelta(days=1), NOW + timedelta(days=1)]),
                        resolution_breached_at=rng.choice([None, None, NOW]),
                        resolution_due_at=rng.choice([None, NOW - timedelta(days=1)]),
                    )
                )
        Ticket.objects.bulk_create(tickets)
        for ticket in tickets:
            if rng.random() < 0.6:
                self.rate(ticket)

    def rate(self, ticket: Ticket) -> None:
        scale = self.rng.choice(["csat", "csat", "nps"])
        first, second = (
            SatisfactionRating(
                customer_id=ticket.customer_id, ticket=ticket, scale=scale, value=self.rng.randint(1, 5), at=self.ago()
            )
            for _ in range(2)
        )
        first.save()
        if self.rng.random() < 0.3:
            second.save()
            first.replaced_by = second
            first.save(update_fields=["replaced_by"])

    def score(self) -> None:
        rng = self.rng
        version = ScoreModelVersion.objects.create(number=1, parameters={}, created_at=NOW)
        preference = PreferenceModelVersion.objects.create(number=1, parameters={}, created_at=NOW)
        categories = list(Category.objects.values_list("pk", flat=True))
        scores = [50.0, 50.0, 50.0, 40.0, 40.5, 61.25, 99.0]
        for row in self.customers:
            if rng.random() < 0.8:
                CustomerScore.objects.create(customer=row, version=version, **self.figures(rng.choice(scores)))
            if rng.random() < 0.6:
                ranked = [{"category": pk} for pk in self.some(categories, 2)]
                PreferenceProfile.objects.create(
                    customer=row, version=preference, as_of=NOW, computed_at=NOW, activity_version=1, categories=ranked
                )
        for row in self.some(self.customers, 8):
            RelationEffect.objects.create(customer=row, points=rng.choice([-2.0, -3.0, -7.5]), tickets=1, at=NOW)
        for row in self.some(self.customers, 5):
            ContactRisk.objects.create(
                customer=row, contact=rng.choice(self.customers), requests=6, carried=6, contacts=1, at=NOW
            )
        for row in self.some(self.customers, 12):
            worth = {
                "clv_fifth": rng.choice([None, 1, 3, 5]),
                "clv": rng.choice([None, 0.0, 40.5, 1000.0]),
                "expected_orders": rng.choice([None, 0.5, 3.0]),
                "churn": rng.choice([None, 0.0, 0.25, 0.5]),
            }
            valued(row, **worth)
        quantiles = sorted(rng.choice(scores) for _ in range(101))
        ScoringRun.objects.create(
            kind="nightly",
            logical_at=NOW,
            state="done",
            version=version,
            as_of=NOW,
            started_at=NOW,
            distribution={"quantiles": quantiles},
        )

    def figures(self, score: float) -> dict[str, Any]:
        factors = ("quality", "reliability", "responsiveness", "price")
        numbers = {f"{name}{end}": 0.5 for name in factors for end in ("", "_n", "_contribution", "_points")}
        return {
            **numbers,
            "as_of": NOW,
            "computed_at": NOW,
            "activity_version": 1,
            "score": score,
            "raw": 0.5,
            "low_evidence": self.rng.random() < 0.5,
            "refresh_at": NOW,
            "change": self.rng.choice([None, -12.5, 0.0, 3.0]),
            "change_factor": self.rng.choice([None, 1, 2, 4]),
        }
