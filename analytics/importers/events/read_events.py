"""The readers of exports of Mixpanel, Amplitude and GA4: each line is an event, and all go to record_events."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, tzinfo
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.choices import EventFormat
from analytics.importers.events.amplitude import amplitude_event
from analytics.importers.events.files import files_below, lines_of
from analytics.importers.events.ga4 import day_of, ga4_event
from analytics.importers.events.mixpanel import mixpanel_event
from analytics.models import EventSource
from analytics.operations.new_event import EventRefused, NewEvent
from analytics.operations.record_events import Recorded, record_events
from analytics.operations.replace_days import DayAnew, replace_days
from customers.importers.formats import Format, register_format
from customers.importers.read_tables import zone_of
from customers.importers.run import ImportRun, Place, batches

KIND = "events"
# So many events are stored in one transaction.
AT_ONCE = 5000
Make = Callable[[Mapping[str, Any]], NewEvent]
Placed = tuple[Place, NewEvent, date | None]


def read_mixpanel(run: ImportRun, path: Path) -> None:
    """Mixpanel's export: JSON lines."""
    source, zone = _source(run, EventFormat.MIXPANEL)
    _read(run, path, source, lambda item: mixpanel_event(item, at=run.at, zone=zone, is_export=True))


def read_amplitude(run: ImportRun, path: Path) -> None:
    """Amplitude's export: a zip of packed JSON lines."""
    source, _zone = _source(run, EventFormat.AMPLITUDE)
    _read(run, path, source, lambda item: amplitude_event(item, at=run.at))


def read_ga4(run: ImportRun, path: Path) -> None:
    """The BigQuery export of GA4, a table a day. One that was exported anew takes the place of the day before."""
    source, _zone = _source(run, EventFormat.GA4)
    anew = _read(run, path, source, ga4_event, replace=True)
    if run.rehearsal or not anew:
        return
    deleted, parts = replace_days(source=source, days=anew, recorded_at=run.at)
    if deleted:
        text = ngettext(
            "%(count)s event stood in the days before and is in the new export no more: deleted",
            "%(count)s events stood in the days before and are in the new export no more: deleted",
            deleted,
        )
        run.note(text % {"count": deleted})
    for day in parts:
        text = _("%(day)s: most of its earlier events are not in these files, so they were taken for a part of the day")
        run.note(text % {"day": day.isoformat()})


def _source(run: ImportRun, kind: EventFormat) -> tuple[EventSource, tzinfo]:
    """The event source of an import, made where it is new, and the time zone of its times."""
    said = str(run.batch.options.get("time_zone", ""))
    zone = zone_of(run.batch.options) if said else UTC
    slug = run.batch.source or kind.value
    source = EventSource.objects.filter(slug=slug).first()
    if source is None:
        name = str(kind.label) if slug == kind.value else slug
        source = EventSource.objects.create(slug=slug, name=name, kind=kind, time_zone=said or "UTC")
    if not said and source.time_zone != "UTC":
        zone = source.zone
    return source, zone


def _read(run: ImportRun, path: Path, source: EventSource, make: Make, *, replace: bool = False) -> list[DayAnew]:
    """Read all files; returns the days that were read (with `replace`)."""
    days: dict[date, DayAnew] = {}
    withheld = 0
    counts = run.counts_of(KIND)
    for batch in batches(_events(run, path, make), AT_ONCE):
        for day, events in _by_day(batch, replace).items():
            done = _record(run, source, events, replace)
            counts.created += done.created
            counts.unchanged += done.repeated
            withheld += done.withheld
            if day is not None:
                moments = [event.at for _place, event, _day in events]
                of_day = days.setdefault(day, DayAnew(day, moments[0], moments[0]))
                of_day.take(moments)
                of_day.again += done.repeated
        run.write_rows()
    if withheld:
        text = _("%(count)s events of customers who may not be profiled were not stored")
        run.note(text % {"count": withheld})
    return list(days.values())


def _events(run: ImportRun, path: Path, make: Make) -> Iterator[Placed]:
    for file in files_below(path):
        for place, item, problem in lines_of(run, file):
            try:
                if problem:
                    raise EventRefused(problem)
                yield place, make(item), day_of(item)
            except EventRefused as error:
                run.refuse(KIND, place, "", str(error))


def _by_day(batch: list[Placed], replace: bool) -> dict[date | None, list[Placed]]:
    found: dict[date | None, list[Placed]] = {}
    for placed in batch:
        found.setdefault(placed[2] if replace else None, []).append(placed)
    return found


def _record(run: ImportRun, source: EventSource, events: list[Placed], replace: bool) -> Recorded:
    for number, (_place, event, _day) in enumerate(events):
        event.place = number
    with transaction.atomic():
        done = record_events(source=source, events=[event for _p, event, _d in events], at=run.at, replace=replace)
        if run.rehearsal:
            transaction.set_rollback(True)
    for refused in done.refused:
        run.refuse(KIND, events[refused.place][0], "", refused.reason)
    return done


def register_event_formats() -> None:
    """Make the formats known."""
    known = (
        (EventFormat.MIXPANEL, "Mixpanel", read_mixpanel, ("event", "properties.time", "properties.distinct_id")),
        (EventFormat.AMPLITUDE, "Amplitude", read_amplitude, ("event_type", "event_time", "uuid")),
        (EventFormat.GA4, "GA4 (BigQuery)", read_ga4, ("event_name", "event_timestamp", "user_pseudo_id")),
    )
    for kind, label, reader, needs in known:
        register_format(Format(kind.value, label, reader=reader, needs=(frozenset(needs),), reads_folder=True))
