"""What the customers bought: orders with lines, promises and deliveries, and what they said of some of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import accumulate
from random import Random

from crm.demo import phrases_en, phrases_zh
from crm.demo.catalogue import CENT, TASTES, Product
from crm.demo.chance import Rhythm, some, stream
from crm.demo.parties import Account
from customers.choices import OrderStatus
from customers.operations.records import LineRecord, OrderRecord
from services.choices import RatingScale
from services.operations.records import RatingRecord

ORDERS = 8800  # and those of the movers
SHARE_OF_FIRMS = 0.72
REVIEWED = 0.2
MOVER_ORDERS = (4, 7)  # so many more in the weeks when the mood turns


@dataclass(frozen=True, slots=True)
class Purchase:
    """An order and what its customer would tell of it."""

    record: OrderRecord
    account: Account
    products: tuple[Product, ...]
    days_late: float


@dataclass(slots=True)
class Trade:
    purchases: list[Purchase] = field(default_factory=list)
    by_account: dict[str, list[Purchase]] = field(default_factory=dict)


def trade(accounts: list[Account], products: list[Product], rhythm: Rhythm, *, now: datetime, scale: float) -> Trade:
    """All orders, numbered in the order in which they came."""
    rng = stream("orders")
    placed: list[tuple[datetime, str, _Shopper]] = []
    for shopper, count in _shoppers(rng, accounts, products, scale):
        account = shopper.account
        moments = [rhythm.moment(rng, account.place.time_zone, since=account.since) for _ in range(count)]
        if account.mood.trend:
            extra = rng.randint(*MOVER_ORDERS)
            moments += [rhythm.moment(rng, account.place.time_zone, since=account.mood.turned_at) for _ in range(extra)]
        placed += [(moment, account.id, shopper) for moment in moments]
    placed.sort(key=lambda entry: entry[:2])
    result = Trade()
    for number, (at, account_id, shopper) in enumerate(placed, start=1):
        purchase = shopper.buy(number, at, now)
        result.purchases.append(purchase)
        result.by_account.setdefault(account_id, []).append(purchase)
    return result


def _shoppers(
    rng: Random, accounts: list[Account], products: list[Product], scale: float
) -> Iterator[tuple["_Shopper", int]]:
    """Each buying account with the number of its orders."""
    for is_firm, share in ((True, SHARE_OF_FIRMS), (False, 1 - SHARE_OF_FIRMS)):
        buyers = [account for account in accounts if account.buys and bool(account.domain) == is_firm]
        total = sum(account.size for account in buyers)
        for account in buyers:
            yield _Shopper(rng, account, products), some(rng, ORDERS * scale * share * account.size / total)


class _Shopper:
    """One account's habits: the shelves it likes and the terms it got."""

    def __init__(self, rng: Random, account: Account, products: list[Product]) -> None:
        self.rng, self.account, self.products = rng, account, products
        tastes = [taste * rng.lognormvariate(0, 0.8) for taste in TASTES[account.industry]]
        self.cumulated = list(accumulate(tastes[product.shelf] for product in products))

    def buy(self, number: int, at: datetime, now: datetime) -> Purchase:
        """One order at this moment, delivered or on its way."""
        rng = self.rng
        wanted = rng.choices(
            self.products, cum_weights=self.cumulated, k=rng.choices((1, 2, 3, 4, 5), (38, 27, 18, 10, 7))[0]
        )
        chosen = tuple(dict.fromkeys(wanted))
        promised = at + timedelta(days=rng.choice((3, 4, 5, 7, 7, 10, 14)))
        days_late = self._days_late(at)
        arrives = promised + timedelta(days=days_late, seconds=rng.randrange(-21600, 18000))
        arrives -= timedelta(microseconds=arrives.microsecond)
        status = self._status(at, arrives, now)
        is_here = status in (OrderStatus.DELIVERED, OrderStatus.RETURNED)
        record = OrderRecord(
            source_id=f"order-{number:06}",
            number=f"SO-{at.year}-{number:05}",
            customer_id=self.account.id,
            currency=self.account.place.currency,
            ordered_at=at,
            status=status,
            promised_at=promised,
            delivered_at=max(arrives, at + timedelta(hours=6)) if is_here else None,
            lines=tuple(self._line(product, at, now) for product in chosen),
        )
        return Purchase(record, self.account, chosen, days_late)

    def _days_late(self, at: datetime) -> float:
        """Days after the promise; below 0 is early. The worse the mood, the more often late."""
        rng = self.rng
        chance = min(0.75, max(0.02, 0.09 - 0.09 * self.account.mood.level(at)))
        return 1 + rng.expovariate(1 / 4) if rng.random() < chance else -rng.uniform(0.3, 2.5)

    def _status(self, at: datetime, arrives: datetime, now: datetime) -> str:
        if self.rng.random() < 0.025:
            return OrderStatus.CANCELLED
        if arrives < now:
            return OrderStatus.RETURNED if self.rng.random() < 0.02 else OrderStatus.DELIVERED
        return OrderStatus.SHIPPED if at < now - timedelta(days=2) else OrderStatus.PLACED

    def _line(self, product: Product, at: datetime, now: datetime) -> LineRecord:
        rng, listed = self.rng, product.list_price(self.account.place.currency, at, now)
        most = 12 if product.is_small else 4
        quantity = min(rng.choices(range(1, most + 1), [1 / n for n in range(1, most + 1)])[0], most)
        share = 1 - self.account.discount + rng.gauss(0, 0.02)
        if self.account.domain and quantity > 3:
            share -= 0.04
        if rng.random() < 0.05:  # a promotion
            share -= 0.1
        paid = (listed * Decimal(str(round(share, 4)))).quantize(CENT)
        return LineRecord(product.id, unit_price=paid, quantity=Decimal(quantity), list_price=listed)


def reviews(purchases: list[Purchase], *, now: datetime) -> Iterator[RatingRecord]:
    """What customers say of some deliveries: late ones are liked less."""
    rng = stream("reviews")
    for purchase in purchases:
        record = purchase.record
        if record.delivered_at is None or rng.random() > REVIEWED:
            continue
        at = record.delivered_at + timedelta(days=rng.expovariate(1 / 4), hours=3)
        level = purchase.account.mood.level(record.delivered_at)
        mark = 4.25 + 0.4 * level - 0.25 * max(0.0, purchase.days_late) + rng.gauss(0, 0.9)
        value = min(5, max(1, round(mark)))
        if at < now:
            comment = _remark(rng, value, chinese=purchase.account.place.is_chinese)
            yield RatingRecord(
                source_id=f"review-{record.source_id}",
                customer_id=record.customer_id,
                value=value,
                at=at.replace(microsecond=0),
                scale=RatingScale.REVIEW,
                comment=comment,
                order_id=record.source_id,
            )


def _remark(rng: Random, value: int, *, chinese: bool) -> str:
    if rng.random() < 0.5:
        return ""
    phrases = phrases_zh if chinese else phrases_en
    remarks = phrases.REVIEW_GOOD if value > 3 else phrases.REVIEW_MEH if value == 3 else phrases.REVIEW_BAD
    return str(rng.choice(remarks))
