"""The form of our own: `{"name", "at", "user", "device", "session", "id", "customer", "email", "properties"}`."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

from django.utils.translation import gettext as _

from analytics.importers.events.times import moment_of
from analytics.operations.new_event import EventRefused, NewEvent, digest_of, named, somebody

COLUMNS = frozenset({"name", "at", "user", "device", "session", "id", "customer", "email", "properties"})
LARGEST_KEY = 2**63 - 1


def own_event(item: Mapping[str, Any], *, at: datetime, zone: tzinfo) -> NewEvent:
    """One event. Raises EventRefused."""
    if unknown := sorted(set(item) - COLUMNS):
        known = ", ".join(sorted(COLUMNS))
        text = _("There is no field %(unknown)s; there are: %(known)s. Put anything else into properties.")
        raise EventRefused(text % {"unknown": ", ".join(unknown)[:100], "known": known})
    name = named(item.get("name"))
    properties = item.get("properties", {})
    if not isinstance(properties, Mapping):
        raise EventRefused(_("properties: is to be an object."))
    told = item.get("at")
    moment = moment_of(told, zone=zone) if told is not None else at
    event = NewEvent(_key(item, name, properties), name, moment, properties=properties)
    event.user, event.device = somebody(item.get("user")), somebody(item.get("device"))
    event.session = str(item.get("session") or "")
    event.email = str(item.get("email") or "")[:255]
    event.customer = _customer(item.get("customer"))
    if event.customer is not None and not event.user:
        event.user = f"customer:{event.customer}"
    return event


def _customer(value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= LARGEST_KEY:
        raise EventRefused(_("customer: is to be the key of a customer."))
    return value


def _key(item: Mapping[str, Any], name: str, properties: Mapping[str, Any]) -> str:
    if item.get("id"):
        return str(item["id"])
    told = (item.get(key) for key in ("user", "device", "customer", "at", "session"))
    return digest_of(name, *told, properties)
