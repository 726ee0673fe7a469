"""Mixpanel: lines of an export, and bodies of `/import` and `/track`. Both are objects of `event` and `properties`.

An export is not deduplicated: an event is known by its name, `distinct_id`, `time` and `$insert_id`; one without
`$insert_id` by its other properties instead. `$device_id` and `$user_id` tell device and user (simplified merging of
ids); without both `distinct_id` is a device where it says so (`$device:...`), and a user otherwise. `$identify`,
`$create_alias` and `$merge` say which ids are the same."""

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

from django.utils.translation import gettext as _

from analytics.importers.events.times import moment_of
from analytics.operations.new_event import EventRefused, NewEvent, digest_of, email_of, named, somebody

OF_DEVICE = "$device:"
# What the columns of an event say already, or what is of the sending program alone.
LEFT_OUT = frozenset(
    {
        *("time", "distinct_id", "$insert_id", "$device_id", "$user_id", "token", "mp_lib", "$lib_version"),
        *("$mp_api_endpoint", "$mp_api_timestamp_ms", "mp_processing_time_ms", "$import", "mp_sent_by_lib_version"),
        *("$identified_id", "$anon_id", "alias", "$distinct_ids", "$had_persisted_distinct_id"),
    }
)
ALIASES = frozenset({"$identify", "$create_alias", "$merge", "$merge_ids"})


def mixpanel_event(item: Mapping[str, Any], *, at: datetime, zone: tzinfo = UTC, is_export: bool = False) -> NewEvent:
    """One event. `zone`: of the project, for exports of projects whose times are local. Raises EventRefused."""
    properties = item.get("properties")
    if not isinstance(properties, Mapping):
        raise EventRefused(_("The event has no properties; Mixpanel’s hold the time and who it was."))
    name = named(item.get("event"))
    time, insert_id = properties.get("time"), properties.get("$insert_id")
    moment = moment_of(time, zone=zone, is_local=is_export and zone is not UTC) if time is not None else at
    distinct = somebody(properties.get("distinct_id"))
    kept = {key: value for key, value in properties.items() if key not in LEFT_OUT}
    told = insert_id if insert_id else digest_of(kept)
    event = NewEvent(f"{name}\n{distinct}\n{time}\n{told}", name, moment, properties=kept)
    event.user, event.device = somebody(properties.get("$user_id")), _device(properties.get("$device_id"))
    if not event.user and distinct:
        if distinct.startswith(OF_DEVICE):
            event.device = event.device or _device(distinct)
        elif distinct != event.device:
            event.user = distinct
    if name in ALIASES:
        _join(event, name, distinct, properties)
    event.session = str(properties.get("$session_id") or properties.get("session_id") or "")
    event.email = email_of(properties)
    return event


def _device(value: Any) -> str:
    return somebody(str(value).removeprefix(OF_DEVICE)) if value else ""


def _join(event: NewEvent, name: str, distinct: str, properties: Mapping[str, Any]) -> None:
    """The ids that such an event says to be one user."""
    if name == "$identify":
        user, others = somebody(properties.get("$identified_id")) or event.user, [somebody(properties.get("$anon_id"))]
    elif name == "$create_alias":
        user, others = somebody(properties.get("alias")), [distinct]
    else:
        ids = properties.get("$distinct_ids")
        listed = [found for one in ids if (found := somebody(one))] if isinstance(ids, list) else []
        user, others = (listed[0], listed[1:]) if listed else (distinct, [])
    if not user:
        return
    event.user, also = user, []
    for key in others:
        if key.startswith(OF_DEVICE):
            event.device = _device(key)
        elif key and key != user:
            event.device = event.device or key
            also.append(key)
    event.also = tuple(also)
