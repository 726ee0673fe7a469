"""Google Analytics 4: lines of the BigQuery export, and bodies of the Measurement Protocol.

The export gives no id of an event: what tells events from each other is hashed. A session is a device's
`ga_session_id`. Numbers above 53 bits come as texts in its JSON."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from analytics.importers.events.times import moment_of
from analytics.operations.new_event import EventRefused, NewEvent, digest_of, email_of, named, somebody

OF_KEY = (
    *("user_pseudo_id", "event_timestamp", "event_name", "event_bundle_sequence_id"),
    *("batch_page_id", "batch_ordering_id", "batch_event_index"),
)
KINDS = ("string_value", "int_value", "float_value", "double_value")
OF_DEVICE = ("category", "mobile_brand_name", "operating_system", "language")
OF_GEO = ("continent", "country", "region", "city")
OF_TRAFFIC = ("source", "medium", "name")
OF_SALE = ("transaction_id", "purchase_revenue", "purchase_revenue_in_usd", "refund_value", "total_item_quantity")
OF_ITEM = ("item_id", "item_name", "item_category", "item_brand", "price", "quantity", "item_revenue", "coupon")
MOST_ITEMS = 100
# Of a body of the Measurement Protocol.
MOST_EVENTS = 25


def ga4_event(item: Mapping[str, Any]) -> NewEvent:
    """One line of the export. Raises EventRefused."""
    name = named(item.get("event_name"))
    params, traits = _pairs(item.get("event_params")), _pairs(item.get("user_properties"))
    device = somebody(item.get("user_pseudo_id"))
    key = digest_of(*(None if item.get(part) is None else str(item[part]) for part in OF_KEY))
    event = NewEvent(key, name, moment_of(item.get("event_timestamp")), somebody(item.get("user_id")), device)
    session = params.pop("ga_session_id", None)
    event.session = "" if session is None else str(session)
    event.properties = _properties(item, params, traits)
    event.email = email_of(params, traits)
    return event


def day_of(item: Mapping[str, Any]) -> date | None:
    """The day of the property whose table a line stands in."""
    text = str(item.get("event_date") or "")
    try:
        return datetime.strptime(text, "%Y%m%d").date() if len(text) == 8 else None
    except ValueError:
        return None


def _pairs(listed: Any) -> dict[str, Any]:
    """`[{"key", "value": {"string_value", ...}}]` as an object."""
    found: dict[str, Any] = {}
    for pair in listed if isinstance(listed, list) else ():
        if isinstance(pair, Mapping) and isinstance(value := pair.get("value"), Mapping):
            for kind in KINDS:
                if (told := value.get(kind)) is not None:
                    is_text = kind == "int_value" and isinstance(told, str) and told.lstrip("-").isdigit()
                    found[str(pair.get("key"))] = int(told) if is_text else told
                    break
    return found


def _properties(item: Mapping[str, Any], params: dict[str, Any], traits: dict[str, Any]) -> dict[str, Any]:
    found = dict(params)
    for part, names, prefix in (
        ("device", OF_DEVICE, ""),
        ("geo", OF_GEO, ""),
        ("traffic_source", OF_TRAFFIC, "traffic_"),
        ("ecommerce", OF_SALE, ""),
    ):
        if isinstance(given := item.get(part), Mapping):
            found |= {f"{prefix}{name}": given[name] for name in names if given.get(name) not in (None, "")}
    if item.get("platform"):
        found["platform"] = item["platform"]
    if items := _items(item.get("items")):
        found["items"] = items
    if traits:
        found["user"] = traits
    return found


def _items(listed: Any) -> list[dict[str, Any]]:
    rows = listed[:MOST_ITEMS] if isinstance(listed, list) else []
    return [
        {name: row[name] for name in OF_ITEM if row.get(name) not in (None, "")}
        for row in rows
        if isinstance(row, Mapping)
    ]


def measured_events(body: Mapping[str, Any], *, at: datetime) -> Iterator[NewEvent | EventRefused]:
    """The events of a body of the Measurement Protocol; in place of one that cannot be taken, why."""
    events = body.get("events")
    if not isinstance(events, list) or len(events) > MOST_EVENTS:
        text = _("A body of the Measurement Protocol has a list of 1 to %(most)d events.")
        raise EventRefused(text % {"most": MOST_EVENTS})
    stamp = body.get("timestamp_micros")
    traits = body.get("user_properties")
    given = {key: one.get("value") for key, one in traits.items() if isinstance(one, Mapping)} if traits else {}
    for place, event in enumerate(events):
        try:
            yield _measured(body, event, stamp, given, place, at)
        except EventRefused as error:
            yield error


def _measured(
    body: Mapping[str, Any], event: Any, stamp: Any, traits: dict[str, Any], place: int, at: datetime
) -> NewEvent:
    if not isinstance(event, Mapping):
        raise EventRefused(_("An event is an object."))
    name, params = named(event.get("name")), event.get("params")
    params = dict(params) if isinstance(params, Mapping) else {}
    told = event.get("timestamp_micros", stamp)
    moment = moment_of(told) if told is not None else at
    device = somebody(body.get("client_id") or body.get("app_instance_id"))
    key = digest_of(device, body.get("user_id"), str(told), name, place, params)
    session = params.pop("session_id", None)
    properties = params | ({"user": traits} if traits else {})
    return NewEvent(
        key,
        name,
        moment,
        somebody(body.get("user_id")),
        device,
        "" if session is None else str(session),
        properties,
        email=email_of(params, traits),
    )
