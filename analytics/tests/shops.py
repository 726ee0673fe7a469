"""A small shop for the tests of preferences: products, and customers who buy them."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from analytics.tests.histories import DAY
from customers.models import Category, Customer, Order, OrderLine, Product, Team
from tests.cast import NOW

TEA = ("Green tea", "Black tea", "Tea pot")
TOOLS = ("Hammer", "Saw", "Pliers")


def stock() -> dict[str, Product]:
    """Six products of two categories, and one without."""
    tea, tools = (Category.objects.create(name=name) for name in ("Tea", "Tools"))
    rows = [Product(sku=name, name=name, category=tea, list_price=10) for name in TEA]
    rows += [Product(sku=name, name=name, category=tools, list_price=30) for name in TOOLS]
    rows += [Product(sku="Voucher", name="Voucher")]
    for row in rows:
        row.currency = "EUR"
        row.save()
    return {row.name: row for row in rows}


def buys(customer: Customer, *names: str, at: datetime = NOW - DAY, price: str = "10", **order: Any) -> Order:
    """An order of these products."""
    values = {"number": f"{customer.pk}-{Order.objects.count()}", "currency": "EUR", "ordered_at": at} | order
    made = Order.objects.create(customer=customer, **values)
    for name in names:
        product = Product.objects.get(name=name)
        OrderLine.objects.create(order=made, product=product, unit_price=Decimal(price))
    return made


def crowd(team: Team) -> list[Customer]:
    """Ten who buy all tea, and ten who buy all tools."""
    people = [Customer.objects.create(name=f"Buyer {n}", team=team) for n in range(20)]
    for n, customer in enumerate(people):
        buys(customer, *(TEA if n < 10 else TOOLS), at=NOW - (1 + n % 5) * DAY)
    return people
