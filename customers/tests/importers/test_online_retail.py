from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from customers.choices import OrderStatus
from customers.importers.online_retail import _first_reading, _orders
from customers.importers.report import RefusedRows
from customers.importers.run import ImportRun
from customers.models import Customer, ImportBatch, Observation, Order, OrderLine, Product, Team
from customers.operations.source import Source
from tests.foreign import bring, changes, now, refusals

pytestmark = pytest.mark.django_db
HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
ROWS = """\
536365,85123A,WHITE LANTERN,6,2010-12-01 08:26:00,2.55,17850,United Kingdom
536365,85123a,WHITE LANTERN,6,2010-12-01 08:26:00,2.55,17850,United Kingdom
536366,71053,,2,2010-12-01 08:28:00,3.39,,United Kingdom
C536367,85123A,WHITE LANTERN,-1,2010-12-02 09:00:00,2.55,17850.0,France
536368,22,LANTERN?,3,2010-12-03 09:00:00,0.001,17850,Unspecified
536365,22,BOX,1,2010-12-01 08:27:00,1.00,17850,United Kingdom
A563186,B,Adjust bad debt,1,2011-08-12 14:51:00,-11062.06,,United Kingdom
536369,22,BOX,many,2010-12-03 09:00:00,1.00,17850,United Kingdom
536370,22,BOX,1,whenever,1.00,17850,United Kingdom"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "retail.csv"
    path.write_text(f"{HEADER}\n{ROWS}\n")
    return path


def test_invoices_are_orders_with_all_their_lines(path: Path, tmp_path: Path, north: Team) -> None:
    batch = bring(path, "online_retail", north, reports=tmp_path)
    assert changes(batch) == {"orders": 4, "customers": 2, "products": 4}
    order = Order.objects.get(number="536365")
    lines = [(line.product.sku, int(line.quantity), str(line.unit_price)) for line in order.lines.order_by("pk")]
    assert lines == [("85123A", 6, "2.55"), ("85123A", 6, "2.55"), ("22", 1, "1.00")]
    assert (order.total, order.currency, order.status) == (Decimal("31.60"), "GBP", "placed")
    assert f"{order.ordered_at:%Y-%m-%d %H:%M}" == "2010-12-01 08:26"
    assert Order.objects.get(number="536368").lines.get().unit_price == 0


def test_a_cancellation_takes_back_and_counts_for_no_fact(path: Path, tmp_path: Path, north: Team) -> None:
    bring(path, "online_retail", north, reports=tmp_path)
    order = Order.objects.get(number="C536367")
    assert (order.status, order.total, int(order.lines.get().quantity)) == ("cancelled", Decimal("-2.55"), -1)
    assert order.customer.name == "Customer 17850"
    assert not Observation.objects.exists()


def test_lines_without_a_customer_are_nobodys(path: Path, tmp_path: Path, north: Team) -> None:
    batch = bring(path, "online_retail", north, reports=tmp_path)
    assert Order.objects.get(number="536366").customer.name == "Unknown customer"
    known = Customer.objects.get(name="Customer 17850")
    assert (known.kind, known.country, known.created_at.day) == ("organisation", "GB", 1)
    assert "“Unspecified” is no country that is known here: left out" not in batch.options["notes"]


def test_a_product_is_called_as_it_mostly_is(path: Path, tmp_path: Path, north: Team) -> None:
    bring(path, "online_retail", north, reports=tmp_path)
    names = dict(Product.objects.values_list("sku", "name"))
    assert names == {"85123A": "WHITE LANTERN", "22": "BOX", "71053": "Product 71053", "B": "Adjust bad debt"}


def test_what_cannot_be_is_refused_with_its_invoice(path: Path, tmp_path: Path, north: Team) -> None:
    batch = bring(path, "online_retail", north, reports=tmp_path)
    assert sorted(refusals(batch)) == [
        "line 9: “1.00” × “many” are no numbers",
        "unit_price: a price cannot be negative",
        "“whenever” is no date that can be read",
    ]
    assert changes(bring(path, "online_retail", north, reports=tmp_path)) == {}


@pytest.mark.realdata
def test_the_sample_loads_and_loads_again_unchanged(data_dir: Path, tmp_path: Path, north: Team) -> None:
    sample = data_dir / "online_retail" / "online_retail_sample_h0.csv.xz"
    batch = bring(sample, "online_retail", north, reports=tmp_path)
    assert changes(batch) == {"orders": 1526, "customers": 274, "products": 3123}
    assert refusals(batch) == []
    assert OrderLine.objects.count() == 33_558
    again = bring(sample, "online_retail", north, reports=tmp_path)
    assert changes(again) == {}
    assert again.counts["orders"]["unchanged"] == 1526


@pytest.mark.realdata
def test_the_whole_file_is_read_to_the_penny(data_dir: Path, tmp_path: Path, north: Team) -> None:
    """Reading alone: with the database it takes minutes. Its sum is that of its publisher, 9,747,747.93, and two
    write-offs of 11,062.06, which are refused later, and less the tenths of pennies of four lines."""
    path = data_dir / "online_retail" / "online_retail.csv.xz"
    batch = ImportBatch.objects.create(format="online_retail", path="x", team=north, started_at=now())
    run = ImportRun(batch, Source("online_retail"), north, now(), RefusedRows(tmp_path / "r.csv"))
    known = _first_reading(run, path)
    assert (len(known.customers), len(known.scattered), known.has_nobody) == (4_372, 1, True)
    lines: Counter[str] = Counter()
    net, number = Decimal(0), 0
    for _place, order in _orders(run, path, known):
        number += 1
        lines[order.status] += len(order.lines)
        net += sum((line.quantity * line.unit_price for line in order.lines), Decimal(0))
    assert (number, sum(lines.values()), lines[OrderStatus.CANCELLED]) == (25_900, 541_909, 9_288)
    assert net == Decimal("9747747.93")
    assert not run.counts["orders"].refused
