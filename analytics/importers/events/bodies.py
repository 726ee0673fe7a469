"""What programs send to the API: told apart by its shape, or by what they say it is."""

import gzip
import io
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from analytics.choices import EventFormat
from analytics.importers.events.amplitude import amplitude_event
from analytics.importers.events.ga4 import ga4_event, measured_events
from analytics.importers.events.mixpanel import mixpanel_event
from analytics.importers.events.own import own_event
from analytics.models import EventSource
from analytics.operations.new_event import EventRefused, NewEvent
from analytics.operations.record_events import RefusedEvent

MOST_EVENTS = 2000
MOST_BYTES = 20 << 20
GZIP = b"\x1f\x8b"


class BodyRefused(Exception):
    """The body as a whole cannot be read; the message says why. Nothing was stored."""


class BodyTooLarge(BodyRefused):
    """More bytes or more events than are taken at once."""


@dataclass(frozen=True, slots=True)
class Body:
    """The events of a body as they came, and in whose form."""

    format: EventFormat
    items: list[Any]
    # Of the Measurement Protocol and of Amplitude: the object around the events.
    around: Mapping[str, Any]


def read_body(raw: bytes, *, format: str = "") -> Body:
    """Take a body apart: one event, a list of them, one a line, or a body of Amplitude's HTTP V2 API or of GA4's
    Measurement Protocol; packed with gzip or not. Raises BodyRefused, BodyTooLarge."""
    parsed = _parsed(unpacked(raw))
    around: Mapping[str, Any] = {}
    if isinstance(parsed, dict):
        if isinstance(parsed.get("events"), list):
            around, items = parsed, parsed["events"]
        else:
            items = [parsed]
    elif isinstance(parsed, list):
        items = parsed
    else:
        raise BodyRefused(_("Send an event as an object, a list of events, or an event a line."))
    if not items:
        raise BodyRefused(_("There is no event in the body."))
    if len(items) > MOST_EVENTS:
        raise BodyTooLarge(_("Send at most %(most)d events at once.") % {"most": MOST_EVENTS})
    return Body(EventFormat(format) if format else _format_of(items, around), items, around)


def unpacked(raw: bytes) -> bytes:
    """The bytes themselves, or what is packed in them. Never unpacks more than is taken. Raises BodyRefused,
    BodyTooLarge."""
    if len(raw) > MOST_BYTES:
        raise _too_large()
    if not raw.startswith(GZIP):
        return raw
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(raw)) as packed:
            plain = packed.read(MOST_BYTES + 1)
    except (zlib.error, gzip.BadGzipFile, EOFError) as error:
        raise BodyRefused(_("The packed body is damaged or incomplete.")) from error
    if len(plain) > MOST_BYTES:
        raise _too_large()
    return plain


def _too_large() -> BodyTooLarge:
    return BodyTooLarge(_("Send at most %(most)d MB at once, unpacked.") % {"most": MOST_BYTES >> 20})


def _parsed(plain: bytes) -> Any:
    try:
        text = plain.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise BodyRefused(_("The body is not in UTF-8.")) from error
    try:
        return json.loads(text)
    except RecursionError as error:
        raise BodyRefused(_("The JSON is nested too deeply.")) from error
    except ValueError as error:
        lines = text.splitlines()
        if len(lines) < 2 or not text.startswith("{"):
            raise BodyRefused(_("This is no proper JSON: %(reason)s") % {"reason": error}) from error
    return [_line(line) for line in text.split("\n") if line.strip()]


def _line(line: str) -> Any:
    """A line, or what is wrong with it, for whoever is told of it as an event that was refused."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        return EventRefused(_("This is no proper JSON: %(reason)s") % {"reason": error})


def _format_of(items: list[Any], around: Mapping[str, Any]) -> EventFormat:
    first = next((item for item in items if isinstance(item, dict)), {})
    if "client_id" in around or "app_instance_id" in around or "event_timestamp" in first:
        return EventFormat.GA4
    if "event_type" in first:
        return EventFormat.AMPLITUDE
    return EventFormat.MIXPANEL if "event" in first else EventFormat.API


def events_of(body: Body, *, source: EventSource, at: datetime) -> tuple[list[NewEvent], list[RefusedEvent]]:
    """The events of a body, each knowing its place, and those that cannot be taken."""
    events: list[NewEvent] = []
    refused: list[RefusedEvent] = []
    for place, found in enumerate(_each(body, source, at)):
        if isinstance(found, NewEvent):
            found.place = place
            events.append(found)
        else:
            refused.append(RefusedEvent(place, str(found)))
    return events, refused


def _each(body: Body, source: EventSource, at: datetime) -> Iterator[NewEvent | EventRefused]:
    if body.format == EventFormat.GA4 and body.around:
        try:
            yield from measured_events(body.around, at=at)
        except EventRefused as error:
            raise BodyRefused(str(error)) from error
        return
    for item in body.items:
        try:
            yield _event(body.format, item, source, at)
        except EventRefused as error:
            yield error


def _event(format: EventFormat, item: Any, source: EventSource, at: datetime) -> NewEvent:
    if isinstance(item, EventRefused):
        raise item
    if not isinstance(item, dict):
        raise EventRefused(_("An event is an object."))
    match format:
        case EventFormat.MIXPANEL:
            return mixpanel_event(item, at=at, zone=UTC)
        case EventFormat.AMPLITUDE:
            return amplitude_event(item, at=at)
        case EventFormat.GA4:
            return ga4_event(item)
        case _:
            return own_event(item, at=at, zone=source.zone)
