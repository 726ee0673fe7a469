"""The other lists of this room as they are exported."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet

from customers.exporters.customers import CustomerSheet
from customers.exporters.sheet import Cell, Column, ColumnSheet, Record, in_order, register_sheet
from customers.models import Category, Interaction, Order, OrderLine, Product, Relation, User


def _other_end(relation: Relation) -> Cell:
    return relation.to_customer.name if relation.to_customer else ""


def _author(interaction: Interaction) -> Cell:
    return interaction.author.get_username() if interaction.author else ""


RELATIONS = ColumnSheet(
    "relations",
    Relation,
    [
        Column("id", lambda relation: relation.pk),
        Column("type", lambda relation: relation.type.code),
        Column("from_id", lambda relation: relation.from_customer_id),
        Column("from_name", lambda relation: relation.from_customer.name),
        # Empty where the relation is to us.
        Column("to_id", lambda relation: relation.to_customer_id),
        Column("to_name", _other_end),
        Column("role", lambda relation: relation.role),
        Column("since", lambda relation: relation.since),
        Column("until", lambda relation: relation.until),
        Column("strength", lambda relation: relation.strength),
        Column("note", lambda relation: relation.note),
    ],
    related=("type", "from_customer", "to_customer"),
)
INTERACTIONS = ColumnSheet(
    "interactions",
    Interaction,
    [
        Column("id", lambda interaction: interaction.pk),
        Column("customer_id", lambda interaction: interaction.customer_id),
        Column("customer", lambda interaction: interaction.customer.name),
        Column("kind", lambda interaction: interaction.kind),
        Column("direction", lambda interaction: interaction.direction),
        Column("subject", lambda interaction: interaction.subject),
        Column("body", lambda interaction: interaction.body),
        Column("at", lambda interaction: interaction.at),
        Column("author", _author),
    ],
    related=("customer", "author"),
)
PRODUCTS = ColumnSheet(
    "products",
    Product,
    [
        Column("sku", lambda product: product.sku),
        Column("name", lambda product: product.name),
        Column("category", lambda product: product.category.name if product.category else ""),
        Column("list_price", lambda product: product.list_price),
        Column("currency", lambda product: product.currency),
        Column("is_active", lambda product: product.is_active),
        Column("source", lambda product: product.source),
        Column("source_id", lambda product: product.source_id),
    ],
    related=("category",),
)
CATEGORIES = ColumnSheet(
    "categories",
    Category,
    [
        Column("name", lambda category: category.name),
        Column("parent", lambda category: category.parent.name if category.parent else ""),
    ],
    related=("parent",),
)
OF_ORDER = (
    Column("number", lambda order: order.number),
    Column("customer_id", lambda order: order.customer_id),
    Column("customer", lambda order: order.customer.name),
    Column("status", lambda order: order.status),
    Column("currency", lambda order: order.currency),
    Column("ordered_at", lambda order: order.ordered_at),
    Column("promised_at", lambda order: order.promised_at),
    Column("delivered_at", lambda order: order.delivered_at),
    Column("total", lambda order: order.total),
    Column("source", lambda order: order.source),
    Column("source_id", lambda order: order.source_id),
)
OF_LINE = (
    Column("sku", lambda line: line.product.sku),
    Column("product", lambda line: line.product.name),
    Column("quantity", lambda line: line.quantity),
    Column("unit_price", lambda line: line.unit_price),
    Column("list_price", lambda line: line.list_price),
)


class OrderSheet:
    """Orders with their lines: a record a line, in which the order is repeated."""

    name = "orders"
    model = Order
    header = [column.name for column in (*OF_ORDER, *OF_LINE)]

    def plan(self, rows: "QuerySet[Any]", user: User) -> "OrderSheet":
        """The columns are always the same."""
        return self

    def records(self, keys: Sequence[int]) -> Iterator[Record]:
        """An order without lines has one record all the same."""
        lines: dict[int, list[OrderLine]] = {}
        for line in OrderLine.objects.filter(order__in=keys).select_related("product").order_by("pk"):
            lines.setdefault(line.order_id, []).append(line)
        for order in in_order(Order.objects.filter(pk__in=keys).select_related("customer"), keys):
            of_order = [column.value(order) for column in OF_ORDER]
            for line in lines.get(order.pk, ()):
                yield [*of_order, *(column.value(line) for column in OF_LINE)]
            if order.pk not in lines:
                yield [*of_order, *(None for _ in OF_LINE)]


def register_sheets_of_customers() -> None:
    """Make the lists of this room known."""
    for sheet in CustomerSheet(), RELATIONS, OrderSheet(), INTERACTIONS, PRODUCTS, CATEGORIES:
        register_sheet(sheet)
