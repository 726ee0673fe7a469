"""The public Olist data set: a folder of CSV files of one Brazilian shop.

What becomes what, and what the counts are of:
- customers: persons (`customer_unique_id`), not rows, which are one an order. The data has no names, so a person is
  shown as `Customer` and the first eight signs of the id; the address is that of the latest order.
- products: known by category only. orders: with or without items; prices are those of the items, before freight. An
  order that turned out to be unavailable counts as cancelled. Late is a delivery after the moment of
  `order_estimated_delivery_date`, which is midnight of that day.
- ratings: every row of the reviews. A review id may stand for several orders, so a rating is known by
  `review_id:order_id`.
- tickets: reviews with a title or a message. They are answered, and so solved, at `review_answer_timestamp`; the
  text of the answer is not in the data and none is invented.
Payments and sellers are left out: an order here has no place for them. Times in the files are local to São Paulo.

The tables refer to each other, so orders, items and persons are held in memory: some hundred megabytes for the whole
public set of 100,000 orders.
"""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path

from django.utils.translation import gettext as _

from customers.choices import OrderStatus
from customers.importers.run import ImportRun, Place, Unusable
from customers.importers.tables import TableRow, find_table
from customers.operations.ensure_attributes import NewAttribute
from customers.operations.import_customers import import_customers
from customers.operations.import_orders import import_orders
from customers.operations.import_products import import_products
from customers.operations.price_orders import price_orders
from customers.operations.records import CustomerRecord, LineRecord, OrderRecord, ProductRecord
from services.importers.local_times import local_time, optional_time
from services.importers.olist_reviews import import_reviews

CURRENCY = "BRL"
ATTRIBUTES = (
    NewAttribute("city", "City"),
    NewAttribute("state", "State"),
    NewAttribute("zip_code_prefix", "Zip code prefix"),
)
STATUSES = {
    "delivered": OrderStatus.DELIVERED,
    "shipped": OrderStatus.SHIPPED,
    "canceled": OrderStatus.CANCELLED,
    "unavailable": OrderStatus.CANCELLED,
}
ORDERS = "olist_orders_dataset.csv"
ORDER_COLUMNS = (
    "order_id", "customer_id", "order_status", "order_purchase_timestamp", "order_delivered_customer_date",
    "order_estimated_delivery_date",
)  # fmt: skip
CUSTOMERS = "olist_customers_dataset.csv"
CUSTOMER_COLUMNS = (
    "customer_id", "customer_unique_id", "customer_zip_code_prefix", "customer_city", "customer_state",
)  # fmt: skip
ITEMS = "olist_order_items_dataset.csv"
ITEM_COLUMNS = ("order_id", "order_item_id", "product_id", "price")
PRODUCTS = "olist_products_dataset.csv"
PRODUCT_COLUMNS = ("product_id", "product_category_name")
TRANSLATIONS = "product_category_name_translation.csv"
TRANSLATION_COLUMNS = ("product_category_name", "product_category_name_english")


def import_olist(run: ImportRun, path: Path) -> None:
    """Bring the Olist folder in: customers, products, orders with their facts, reviews."""
    run.source.ensure_attributes(ATTRIBUTES)
    orders_file = find_table(path, ORDERS)
    orders = list(run.rows("orders", orders_file, ORDER_COLUMNS))
    persons = _import_customers(run, path, {row["customer_id"]: row["order_purchase_timestamp"] for row in orders})
    _import_products(run, path)
    _import_orders(run, path, orders, orders_file.name, persons)
    buyers = {row["order_id"]: persons.get(row["customer_id"], "") for row in orders}
    import_reviews(run, path, buyers)


def _import_customers(run: ImportRun, folder: Path, bought: dict[str, str]) -> dict[str, str]:
    """Bring the persons in; returns the person of each `customer_id`. `bought` tells when each of these bought."""
    path = find_table(folder, CUSTOMERS)
    persons: dict[str, str] = {}
    latest: dict[str, tuple[str, str, TableRow]] = {}
    first: dict[str, str] = {}
    for row in run.rows("customers", path, CUSTOMER_COLUMNS):
        person, when = row["customer_unique_id"], bought.get(row["customer_id"], "")
        persons[row["customer_id"]] = person
        latest[person] = max(
            latest.get(person, ("", "", row)), (when, row["customer_id"], row), key=lambda one: one[:2]
        )
        if when:
            first[person] = min(first.get(person, when), when)
    records = (
        ((path.name, row.line), _customer(person, row, first.get(person, ""))) for person, (_, _, row) in latest.items()
    )
    run.feed("customers", import_customers, records)
    return persons


def _customer(person: str, row: TableRow, since: str) -> CustomerRecord:
    address = {
        "city": row["customer_city"],
        "state": row["customer_state"],
        "zip_code_prefix": row["customer_zip_code_prefix"].zfill(5),
    }
    return CustomerRecord(
        source_id=person,
        name=f"Customer {person[:8]}",
        country="BR",
        language="pt",
        attributes=address,
        created_at=optional_time(since),
    )


def _import_products(run: ImportRun, folder: Path) -> None:
    rows = run.rows("products", find_table(folder, TRANSLATIONS), TRANSLATION_COLUMNS)
    english = {row["product_category_name"]: row["product_category_name_english"] for row in rows}
    path = find_table(folder, PRODUCTS)
    run.feed(
        "products",
        import_products,
        (((path.name, row.line), _product(row, english)) for row in run.rows("products", path, PRODUCT_COLUMNS)),
    )


def _product(row: TableRow, english: dict[str, str]) -> ProductRecord:
    key, code = row["product_id"], row["product_category_name"]
    category = english.get(code, code).replace("_", " ").capitalize()
    return ProductRecord(
        source_id=key, sku=key, name=f"{category or 'Product'} {key[:8]}", category=category, currency=CURRENCY
    )


def _import_orders(run: ImportRun, folder: Path, orders: list[TableRow], file: str, persons: dict[str, str]) -> None:
    path = find_table(folder, ITEMS)
    items: dict[str, list[TableRow]] = defaultdict(list)
    for row in run.rows("orders", path, ITEM_COLUMNS):
        items[row["order_id"]].append(row)
    run.feed("orders", import_orders, _orders(run, orders, file, items, persons))
    if not run.rehearsal:
        price_orders(at=run.at)
    for rows in items.values():
        for row in rows:
            run.refuse("orders", (path.name, row.line), row["order_id"], f"{file} has no such order for this item")


def _orders(
    run: ImportRun, orders: list[TableRow], file: str, items: dict[str, list[TableRow]], persons: dict[str, str]
) -> Iterator[tuple[Place, OrderRecord]]:
    for row in orders:
        place = file, row.line
        try:
            yield place, _order(row, items.pop(row["order_id"], []), persons)
        except Unusable as error:
            run.refuse("orders", place, row["order_id"], str(error))


def _order(row: TableRow, items: list[TableRow], persons: dict[str, str]) -> OrderRecord:
    return OrderRecord(
        source_id=row["order_id"],
        number=row["order_id"],
        customer_id=persons.get(row["customer_id"], row["customer_id"]),
        currency=CURRENCY,
        ordered_at=local_time(row["order_purchase_timestamp"]),
        status=STATUSES.get(row["order_status"], OrderStatus.PLACED),
        promised_at=optional_time(row["order_estimated_delivery_date"]),
        delivered_at=optional_time(row["order_delivered_customer_date"]),
        lines=tuple(_line(item) for item in sorted(items, key=lambda item: item["order_item_id"].zfill(6))),
    )


def _line(item: TableRow) -> LineRecord:
    try:
        return LineRecord(item["product_id"], Decimal(item["price"]))
    except InvalidOperation as error:
        raise Unusable(
            _("line %(line)s of the items: price “%(price)s” is not a number")
            % {"line": item.line, "price": item["price"]}
        ) from error
