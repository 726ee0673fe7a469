"""The whole demo company in one value."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from crm.demo.catalogue import catalogue
from crm.demo.chance import Rhythm, midnight
from crm.demo.consents import Statement, statements
from crm.demo.duplicates import duplicates
from crm.demo.interactions import interactions
from crm.demo.orders import reviews, trade
from crm.demo.parties import parties
from crm.demo.relations import relations
from crm.demo.tickets import Question, service
from customers.operations.records import (
    CustomerRecord,
    InteractionRecord,
    OrderRecord,
    ProductRecord,
    RelationRecord,
)
from services.operations.records import RatingRecord, TicketRecord


@dataclass(frozen=True, slots=True)
class Company:
    """Everything that the demo loads, in the order in which it happened."""

    customers: list[CustomerRecord]
    relations: list[RelationRecord]
    consents: list[Statement]
    interactions: list[InteractionRecord]
    products: list[ProductRecord]
    orders: list[OrderRecord]
    tickets: list[TicketRecord]
    ratings: list[RatingRecord]
    questions: list[Question]
    duplicates: list[CustomerRecord]

    def parts(self) -> Iterable[tuple[str, int]]:
        """What there is, and how many of each."""
        return ((name, len(getattr(self, name))) for name in self.__slots__)


def generate(*, at: datetime, scale: float = 1.0) -> Company:
    """The company as it stands at this moment; scale 1 is about 2,000 customers, 9,000 orders and 6,000 tickets.

    The two years before the last midnight (UTC), and a few tickets opened in the hours before `at`. The same moment
    gives the same company."""
    now = midnight(at)
    rhythm = Rhythm(now)
    people = parties(now=now, scale=scale)
    products = catalogue()
    sales = trade(people.accounts, products, rhythm, now=now, scale=scale)
    desk = service(people.accounts, products, sales, rhythm, now=now, at=at, scale=scale)
    ratings = [*desk.ratings, *reviews(sales.purchases, now=now)]
    return Company(
        customers=people.records,
        relations=relations(people.accounts, now=now),
        consents=statements(people.records, now=now),
        interactions=interactions(people.accounts, rhythm),
        products=[product.record() for product in products],
        orders=[purchase.record for purchase in sales.purchases],
        tickets=desk.tickets,
        ratings=sorted(ratings, key=lambda rating: (rating.at, rating.source_id)),
        questions=desk.questions,
        duplicates=duplicates(people.records, now=now, scale=scale),
    )
