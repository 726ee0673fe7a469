"""The Online Retail data set of the UCI repository: one file of invoice lines of a British wholesaler of gifts.

What becomes what:
- customers: the numbers that lines bear; the data has no names, so one is shown as `Customer 17850`, an organisation,
  since the house sells to shops. The country is that of the latest line, the beginning that of the first. Lines without
  a number, a quarter of all, are put down to one customer called `Unknown customer`.
- products: stock codes, in capitals, since the same code also occurs in small letters; the name is the most frequent
  description. They have no category, so no price can be compared.
- orders: invoices with all their lines, also those that are repeated. One that begins with `C` takes an earlier sale
  back: it is a cancelled order of negative quantities, so that it counts for no fact and no preference, while the sum
  over all orders is what was earned. A line at less than nothing (two write-offs of bad debt) refuses its invoice.
Prices of a tenth of a penny are rounded to pennies. Times are local to London. An invoice is what stands together under
one number; the few whose lines are scattered are held in memory, as are customers and products."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from customers.choices import CustomerKind, OrderStatus
from customers.importers.contents.places import country_code
from customers.importers.dates import DateOrder, moment_reader
from customers.importers.formats import Format, register_format
from customers.importers.run import ImportRun, Place, Unusable
from customers.importers.tables import TableRow
from customers.operations.import_customers import import_customers
from customers.operations.import_orders import import_orders
from customers.operations.import_products import import_products
from customers.operations.price_orders import price_orders
from customers.operations.records import CustomerRecord, LineRecord, OrderRecord, ProductRecord

CODE = "online_retail"
COLUMNS = (
    "invoiceno", "stockcode", "description", "quantity", "invoicedate", "unitprice", "customerid", "country",
)  # fmt: skip
CURRENCY, CENT = "GBP", Decimal("0.01")
NOBODY = CustomerRecord("unknown", "Unknown customer", country="GB")
CANCELLATION = "C"

_read_moment = moment_reader(DateOrder.DAY, ZoneInfo("Europe/London"))


@dataclass(slots=True)
class _Customer:
    line: int
    country: str
    first: str
    latest: str


@dataclass(slots=True)
class _Known:
    """What a first reading tells: who bought, what, and which invoices are scattered."""

    customers: dict[str, _Customer] = field(default_factory=dict)
    products: dict[str, tuple[int, Counter[str]]] = field(default_factory=dict)
    scattered: dict[str, int] = field(default_factory=dict)  # how many stretches of lines each has
    has_nobody: bool = False


def import_online_retail(run: ImportRun, path: Path) -> None:
    """Bring the file in: customers, products, orders."""
    known = _first_reading(run, path)
    run.feed("customers", import_customers, _customers(run, path.name, known))
    run.feed("products", import_products, _products(path.name, known))
    run.feed("orders", import_orders, _orders(run, path, known))
    if not run.rehearsal:
        price_orders(at=run.at)


def _first_reading(run: ImportRun, path: Path) -> _Known:
    known = _Known()
    stretches: Counter[str] = Counter()
    last = ""
    for row in run.look("orders", path, COLUMNS):
        _see_customer(known, row)
        _line_of_it, names = known.products.setdefault(row["stockcode"].upper(), (row.line, Counter()))
        names[row["description"]] += 1
        if row["invoiceno"] != last:
            last = row["invoiceno"]
            stretches[last] += 1
    known.scattered = {number: times for number, times in stretches.items() if times > 1}
    return known


def _see_customer(known: _Known, row: TableRow) -> None:
    number, at = row["customerid"].removesuffix(".0"), row["invoicedate"]
    if not number:
        known.has_nobody = True
        return
    seen = known.customers.setdefault(number, _Customer(row.line, row["country"], at, at))
    seen.first = min(seen.first, at)
    if at >= seen.latest:
        seen.latest, seen.country = at, row["country"]


def _customers(run: ImportRun, file: str, known: _Known) -> Iterator[tuple[Place, CustomerRecord]]:
    if known.has_nobody:
        yield (file, 0), NOBODY
    for number, seen in known.customers.items():
        yield (
            (file, seen.line),
            CustomerRecord(
                source_id=number,
                name=f"Customer {number}",
                kind=CustomerKind.ORGANISATION,
                country=country_code(seen.country, run.note) if seen.country else "",
                created_at=_moment(seen.first) if seen.first else None,
            ),
        )


def _products(file: str, known: _Known) -> Iterator[tuple[Place, ProductRecord]]:
    for code, (line, names) in known.products.items():
        named = {name: times for name, times in names.items() if name}
        name = min(named, key=lambda one: (-named[one], one), default=f"Product {code}")
        yield (file, line), ProductRecord(source_id=code, sku=code, name=name, currency=CURRENCY)


def _orders(run: ImportRun, path: Path, known: _Known) -> Iterator[tuple[Place, OrderRecord]]:
    for rows in _invoices(run.rows("orders", path, COLUMNS), known.scattered):
        place = path.name, rows[0].line
        try:
            yield place, _order(rows)
        except (Unusable, ValueError) as error:
            run.refuse("orders", place, rows[0]["invoiceno"], str(error))


def _invoices(rows: Iterable[TableRow], scattered: dict[str, int]) -> Iterator[list[TableRow]]:
    """The lines of each invoice; those of scattered ones when their last stretch has come."""
    held: dict[str, list[TableRow]] = defaultdict(list)
    left = dict(scattered)
    for number, stretch in groupby(rows, key=lambda row: row["invoiceno"]):
        held[number] += stretch
        left[number] = left.get(number, 1) - 1
        if not left[number]:
            del left[number]
            yield held.pop(number)
    yield from held.values()


def _order(rows: list[TableRow]) -> OrderRecord:
    first = rows[0]
    if not first["invoiceno"]:
        raise Unusable(_("InvoiceNo: is missing"))
    return OrderRecord(
        source_id=first["invoiceno"],
        number=first["invoiceno"],
        customer_id=first["customerid"].removesuffix(".0") or NOBODY.source_id,
        currency=CURRENCY,
        ordered_at=min(_moment(row["invoicedate"]) for row in rows),
        status=OrderStatus.CANCELLED if first["invoiceno"].startswith(CANCELLATION) else OrderStatus.PLACED,
        lines=tuple(_line(row) for row in rows),
    )


def _line(row: TableRow) -> LineRecord:
    try:
        price, quantity = Decimal(row["unitprice"]), Decimal(row["quantity"])
    except InvalidOperation as error:
        raise Unusable(
            _("line %(line)s: “%(unitprice)s” × “%(quantity)s” are no numbers")
            % {"line": row.line, "unitprice": row["unitprice"], "quantity": row["quantity"]}
        ) from error
    return LineRecord(row["stockcode"].upper(), price.quantize(CENT), quantity)


def _moment(text: str) -> datetime:
    return _read_moment(text)


def register_online_retail() -> None:
    """Make the format known."""
    register_format(Format(CODE, "Online Retail (UCI)", reader=import_online_retail, needs=(frozenset(COLUMNS),)))
