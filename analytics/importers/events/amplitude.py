"""Amplitude: lines of an export, and events of the HTTP V2 API. In an export `uuid` is the key, and times are in UTC;
over HTTP `insert_id` of a device, and `time` is in milliseconds."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from analytics.importers.events.times import moment_of
from analytics.operations.new_event import NewEvent, digest_of, email_of, named, somebody

KEPT = (
    *("platform", "os_name", "os_version", "device_type", "device_family", "device_brand", "device_model"),
    *("version_name", "app_version", "carrier", "country", "region", "city", "dma", "language", "library", "paying"),
)  # fmt: skip
OF_REVENUE = {"price": "price", "quantity": "quantity", "revenue": "revenue", "productId": "product_id"}


def amplitude_event(item: Mapping[str, Any], *, at: datetime) -> NewEvent:
    """One event. Raises EventRefused."""
    name = named(item.get("event_type"))
    user, device = somebody(item.get("user_id")), somebody(item.get("device_id"))
    told = next((item[key] for key in ("event_time", "client_event_time", "time") if item.get(key)), None)
    moment = moment_of(told) if told is not None else at
    traits = item.get("user_properties")
    event = NewEvent(_key(item, name), name, moment, user, device)
    event.properties = _properties(item, traits)
    session = item.get("session_id")
    event.session = "" if session in (None, -1, "-1") else str(session)
    event.email = email_of(traits, item.get("event_properties"))
    return event


def _key(item: Mapping[str, Any], name: str) -> str:
    if item.get("uuid"):
        return str(item["uuid"])
    insert_id = item.get("insert_id") or item.get("$insert_id")
    if insert_id:
        return f"{item.get('device_id') or item.get('user_id')}\n{insert_id}"
    told = ("user_id", "device_id", "time", "event_id", "session_id", "event_properties")
    return digest_of(name, *(item.get(key) for key in told))


def _properties(item: Mapping[str, Any], traits: Any) -> dict[str, Any]:
    found = {key: value for key in KEPT if (value := item.get(key)) not in (None, "")}
    for key, name in OF_REVENUE.items():
        if item.get(key) is not None:
            found[name] = item[key]
    if isinstance(own := item.get("event_properties"), Mapping):
        found |= own
    if isinstance(traits, Mapping) and traits:
        found["user"] = dict(traits)
    return found
