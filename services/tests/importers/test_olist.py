from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import Avg, F, Sum

from customers.choices import ON_THE_WAY, Factor
from customers.importers.run import run_import
from customers.importers.tables import ImportStopped
from customers.models import Category, Customer, ImportBatch, Observation, Order, OrderLine, Product, Team, User
from customers.operations.undo_import import undo_import
from services.importers.olist import import_olist
from services.models import Message, Queue, SatisfactionRating, Ticket, TicketEvent
from tests.cast import NOW
from tests.imports import tables

pytestmark = pytest.mark.django_db
Importing = Callable[..., ImportBatch]

FOLDER = {
    "olist_customers_dataset.csv": """\
customer_id,customer_unique_id,customer_zip_code_prefix,customer_city,customer_state
c1,person-one,4534,sao paulo,SP
c2,person-one,1000,rio de janeiro,RJ
c3,person-two,,niteroi,RJ""",
    "product_category_name_translation.csv": """product_category_name,product_category_name_english
beleza_saude,health_beauty""",
    "olist_products_dataset.csv": "product_id,product_category_name\np1,beleza_saude\np2,pc_gamer\np3,",
    "olist_orders_dataset.csv": """order_id,customer_id,order_status,order_purchase_timestamp,\
order_delivered_customer_date,order_estimated_delivery_date
o1,c1,delivered,2018-01-10 12:00:00,2018-01-18 00:00:00,2018-01-18 00:00:00
o2,c2,delivered,2018-02-10 12:00:00,2018-02-18 00:00:01,2018-02-18 00:00:00
o3,c3,unavailable,2018-02-10 12:00:00,,2018-02-18 00:00:00""",
    "olist_order_items_dataset.csv": """order_id,order_item_id,product_id,price
o1,1,p1,10.00
o1,2,p3,99.90
o2,1,p1,30.00
o9,1,p1,30.00""",
    "olist_order_reviews_dataset.csv": """review_id,order_id,review_score,review_comment_title,review_comment_message,\
review_creation_date,review_answer_timestamp
r1,o1,5,,,2018-01-19 00:00:00,2018-01-20 10:00:00
r1,o2,1,,"Veio quebrado,
nao gostei",2018-02-19 00:00:00,2018-02-20 10:00:00
r2,o2,6,,,2018-02-19 00:00:00,2018-02-20 10:00:00
r3,o9,5,,,2018-02-19 00:00:00,2018-02-20 10:00:00""",
}


@pytest.fixture
def bring(north: Team, tmp_path: Path) -> Importing:
    def importing(folder: Path = tmp_path) -> ImportBatch:
        return run_import(
            format="olist", reader=import_olist, path=folder, team=north, now=lambda: NOW, reports=tmp_path / "reports"
        )

    return importing


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small shop in the same form."""
    for name, text in FOLDER.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def test_a_person_is_one_customer_at_the_address_of_the_latest_order(folder: Path, bring: Importing) -> None:
    bring()
    one = Customer.objects.get(name="Customer person-o", external_ids__source_id="person-one")
    assert one.attributes == {"city": "rio de janeiro", "state": "RJ", "zip_code_prefix": "01000"}
    assert (one.country, one.language) == ("BR", "pt")
    assert one.created_at == datetime(2018, 1, 10, 14, tzinfo=UTC)  # summer time in São Paulo
    assert Order.objects.filter(customer=one).count() == 2


def test_products_are_known_by_translated_category(folder: Path, bring: Importing) -> None:
    bring()
    names = Product.objects.order_by("sku").values_list("name", "category__name")
    assert list(names) == [("Health beauty p1", "Health beauty"), ("Pc gamer p2", "Pc gamer"), ("Product p3", None)]


def test_late_is_after_the_promised_moment_and_cancelled_orders_promise_nothing(folder: Path, bring: Importing) -> None:
    bring()
    kept = Observation.objects.filter(factor=Factor.RELIABILITY, subject_type="order").order_by("at")
    assert list(kept.values_list("value", flat=True)) == [1.0, 0.0]
    assert Order.objects.get(number="o3").status == "cancelled"
    prices = Observation.objects.filter(factor=Factor.PRICE).order_by("at").values_list("value", "reference")
    assert list(prices) == [(10.0, 10.0), (30.0, 20.0)]


def test_a_written_review_is_a_ticket_with_an_answer_that_invents_nothing(folder: Path, bring: Importing) -> None:
    bring()
    ticket = Ticket.objects.get()
    assert (ticket.source_id, ticket.channel, ticket.status, ticket.policy) == ("r1:o2", "review", "solved", None)
    assert ticket.subject == "Veio quebrado, nao gostei"
    bodies = Message.objects.values_list("direction", "body")
    assert list(bodies) == [
        ("inbound", "Veio quebrado,\nnao gostei"),
        ("outbound", "(answered; the text is not in the export)"),
    ]
    assert ticket.first_replied_at == datetime(2018, 2, 20, 13, tzinfo=UTC)
    queue = Queue.objects.get(name="Reviews")
    assert queue.typical_reply_seconds == ticket.first_reply_seconds
    reply = Observation.objects.get(factor=Factor.RESPONSIVENESS)
    assert reply.reference == queue.typical_reply_seconds


def test_what_does_not_fit_is_refused_with_its_line_and_stops_nothing(folder: Path, bring: Importing) -> None:
    batch = bring()
    refused = {kind: count["refused"] for kind, count in batch.counts.items()}
    assert refused == {"orders": 1, "customers": 0, "products": 0, "ratings": 2, "tickets": 0}
    lines = Path(batch.report_path).read_text().splitlines()[1:]
    assert [line.split(",")[:3] for line in lines] == [
        ["olist_order_items_dataset.csv", "5", "o9"],
        ["olist_order_reviews_dataset.csv", "6", "r3:o9"],
        ["olist_order_reviews_dataset.csv", "5", "r2:o2"],
    ]


def test_a_missing_table_is_named(folder: Path, bring: Importing) -> None:
    (folder / "olist_order_items_dataset.csv").unlink()
    with pytest.raises(ImportStopped, match="olist_order_items_dataset"):
        bring()


def everything() -> list[object]:
    models = Customer, Product, Order, OrderLine, SatisfactionRating, Ticket, TicketEvent, Message, Observation, Queue
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_the_queues_typical_reply_stays_as_the_first_import_found_it(folder: Path, bring: Importing) -> None:
    bring()
    typical = Queue.objects.get(name="Reviews").typical_reply_seconds
    reviews = folder / "olist_order_reviews_dataset.csv"
    reviews.write_text(reviews.read_text() + "\nr4,o1,3,,Tarde,2018-03-19 00:00:00,2018-05-20 10:00:00")
    assert bring().counts["tickets"] == {"created": 1, "updated": 0, "unchanged": 1, "refused": 0}
    assert Queue.objects.get(name="Reviews").typical_reply_seconds == typical


def test_the_whole_import_is_undone(bring: Importing, folder: Path, bob: User) -> None:
    before = tables()
    batch = bring()
    undo_import(batch=batch, at=NOW)
    assert tables() == before


@pytest.mark.realdata
@pytest.mark.once("mariadb", reason="20,000 orders come and go; the small shop above does the same on each")
def test_the_real_folder_gives_the_counts_of_its_publisher_and_the_same_again_changes_nothing(
    data_dir: Path, bring: Importing
) -> None:
    counts = bring(data_dir / "olist").counts
    assert {kind: count["created"] for kind, count in counts.items()} == {
        "orders": 20_000,
        "customers": 19_831,
        "products": 11_318,
        "ratings": 19_986,
        "tickets": 8_606,
    }
    orders = Order.objects.all()
    assert (Customer.objects.count(), orders.count()) == (19_831, 20_000)
    assert OrderLine.objects.count() == 22_618
    for sums in OrderLine.objects.aggregate(sum=Sum("unit_price")), orders.aggregate(sum=Sum("total")):
        assert round(sums["sum"], 2) == Decimal("2768685.99")  # SQLite adds floats
    assert orders.filter(lines=None).count() == 154
    delivered = orders.filter(delivered_at__isnull=False, promised_at__isnull=False)
    assert delivered.count() == 19_431
    assert delivered.filter(delivered_at__gt=F("promised_at")).count() == 1_587
    assert orders.filter(ratings=None).count() == 128
    assert SatisfactionRating.objects.count() == 19_986
    assert round(SatisfactionRating.objects.aggregate(mean=Avg("value"))["mean"], 4) == 4.0909
    assert Category.objects.filter(name="Health beauty").exists()
    on_the_way = orders.filter(delivered_at=None, promised_at__isnull=False, status__in=ON_THE_WAY)
    assert on_the_way.count() == 329
    # two deliveries are of cancelled orders: no promise counts there
    promises = Observation.objects.filter(factor=Factor.RELIABILITY, subject_type="order")
    assert promises.count() == 19_429 + 329
    assert promises.filter(value=0).count() == 1_586 + 329
    before = everything()
    again = bring(data_dir / "olist").counts
    assert {kind: count["unchanged"] for kind, count in again.items()} == {
        kind: count["created"] for kind, count in counts.items()
    }
    assert everything() == before
    for batch in ImportBatch.objects.filter(steps__isnull=False).distinct().order_by("-pk"):
        assert undo_import(batch=batch, at=NOW).kept == []
    assert [model for model in (Customer, Order, Product, Ticket, Category) if model.objects.exists()] == []
