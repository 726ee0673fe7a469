"""A small file in the shape of each system that the documents import from."""

import gzip
import json
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

SALESFORCE = "Id,Name,BillingCity\n001000000000001AAA,Beta Valves,Leeds\n"
DYNAMICS = "accountid,name,modifiedon\n465b158c-541c-e511-80d3-3863bb347ba8,Gamma Pipes,2026-01-31T15:05:00Z\n"
SUGAR = (
    "Name,ID,Website,Email Address,Office Phone,Billing City,Type,Industry,Parent Account ID,Date Created,Deleted\n"
    "Delta Tanks,a1,delta.example,info@delta.example,0341 1,Leipzig,Customer,Energy,,31.01.2026 15:05,0\n"
)
ZENDESK = {
    "users": [{"id": 9001, "name": "Ann Lee", "email": "ann@acme.example", "role": "end-user"}],
}
INCIDENTS = (
    "number,incident_state,reopen_count,made_sla,caller_id,opened_at,sys_updated_at,contact_type,category,"
    "subcategory,priority,assignment_group,assigned_to\n"
    "INC1,New,0,true,Caller 7,29/2/2016 01:16,29/2/2016 01:23,Phone,Category 55,?,3 - Moderate,Group 56,?\n"
)
HELPDESK = (
    "Case ID,Activity,Resource,Complete Timestamp,Variant,customer,product\n"
    "Case 1,Take in charge ticket,Value 2,2012/07/09 14:51:01.000,Variant 12,Value 7,Value 3\n"
    "Case 1,Closed,Value 9,2012/07/13 09:00:00.000,Variant 12,Value 7,Value 3\n"
)
RETAIL_HEAD = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
RETAIL = RETAIL_HEAD + "536365,85123A,WHITE LANTERN,6,2010-12-01 08:26:00,2.55,17850,United Kingdom\n"
OLIST = {
    "customers": "customer_id,customer_unique_id,customer_zip_code_prefix,customer_city,customer_state\n"
    "c1,person-one,4534,sao paulo,SP\n",
    "products": "product_id,product_category_name\np1,beleza_saude\n",
    "orders": "order_id,customer_id,order_status,order_purchase_timestamp,order_delivered_customer_date,"
    "order_estimated_delivery_date\no1,c1,delivered,2018-01-10 12:00:00,2018-01-18 00:00:00,2018-01-18 00:00:00\n",
    "order_items": "order_id,order_item_id,product_id,price\no1,1,p1,10.00\n",
    "order_reviews": "review_id,order_id,review_score,review_comment_title,review_comment_message,"
    "review_creation_date,review_answer_timestamp\nr1,o1,5,,,2018-01-19 00:00:00,2018-01-20 10:00:00\n",
}
LINKAGE = (
    "rec_id, given_name, surname, street_number, address_1, address_2, suburb, postcode, state, date_of_birth, "
    "soc_sec_id\n"
    "rec-1-org, ann, lee, 12, high street, , leeds, 4011, wa, 19800503, 6988048\n"
    "rec-1-dup-0, lee, ann, 12, hihg street, , leeds, 4011, wa, 19800530, 6988048\n"
)
EVENT_AT = 1705314600


def text(name: str, content: str) -> Callable[[Path], Path]:
    """Writes a text under this name."""

    def write(folder: Path) -> Path:
        path = folder / name
        path.write_text(content)
        return path

    return write


def olist(folder: Path) -> Path:
    """The folder of its files."""
    place = folder / "olist"
    place.mkdir()
    for name, content in OLIST.items():
        (place / f"olist_{name}_dataset.csv").write_text(content)
    names = "product_category_name,product_category_name_english\nbeleza_saude,health_beauty\n"
    (place / "product_category_name_translation.csv").write_text(names)
    return place


def mixpanel(folder: Path) -> Path:
    """Lines, packed as they come."""
    event = {"event": "View", "properties": {"time": EVENT_AT, "distinct_id": "u1", "$insert_id": "1"}}
    path = folder / "export.jsonl.gz"
    path.write_bytes(gzip.compress((json.dumps(event) + "\n").encode()))
    return path


def amplitude(folder: Path) -> Path:
    """A zip of packed lines, an hour each."""
    event = {"event_type": "view", "user_id": "u1", "uuid": "c7ad2a52-0000-4000-8000-000000000001"}
    event |= {"event_time": "2024-01-15 10:30:00.000000", "device_id": "d1"}
    path = folder / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("1/1_2024-01-15_10#0.json.gz", gzip.compress((json.dumps(event) + "\n").encode()))
    return path


def ga4(folder: Path) -> Path:
    """Lines of the BigQuery export."""
    event = {"event_date": "20240115", "event_timestamp": str(EVENT_AT * 10**6), "event_name": "view"}
    path = folder / "events.jsonl"
    path.write_text(json.dumps(event | {"user_pseudo_id": "d"}) + "\n")
    return path


def purchases(folder: Path) -> Path:
    """Sixty customers of two tastes, over a hundred days: enough to measure a ranking."""
    rows = [
        f"{n}{day},{(10_000 if n % 2 else 20_000) + (n * 7 + day) % 12},x,1,"
        f"{datetime(2011, 1, 1) + timedelta(days=day, minutes=n)},2.5,{n},UK"
        for n in range(60)
        for day in range(0, 100, 4)
    ]
    return text("lines.csv", RETAIL_HEAD + "\n".join(rows) + "\n")(folder)


def reviews(folder: Path) -> Path:
    """Texts of two kinds with what people made of them."""
    rows = [
        f"{'late again' if n % 2 else 'works fine'},number {n},{1 if n % 2 else 5},2018-01-{n % 28 + 1:02} 00:00:00"
        for n in range(200)
    ]
    head = "review_comment_title,review_comment_message,review_score,review_creation_date\n"
    return text("reviews.csv", head + "\n".join(rows) + "\n")(folder)


# format -> writes what `import_data FORMAT PATH` reads
FILES: dict[str, Callable[[Path], Path]] = {
    "amplitude": amplitude,
    "candid": text("people.csv", "name,email\nOmega Ltd,hello@omega.example\n"),
    "dynamics": text("accounts.csv", DYNAMICS),
    "ga4": ga4,
    "helpdesk": text("log.csv", HELPDESK),
    "incidents": text("incidents.csv", INCIDENTS),
    "mixpanel": mixpanel,
    "olist": olist,
    "online_retail": text("retail.csv", RETAIL),
    "salesforce": text("Account.csv", SALESFORCE),
    "sugar": text("Accounts.csv", SUGAR),
    "zendesk": text("users.json", json.dumps(ZENDESK)),
}
