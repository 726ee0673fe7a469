"""What a behaviour report found, as the API writes it. Each number of people has the name of its cell beside it, which
`/customers/` takes."""

from typing import Any

from rest_framework import serializers

from analytics.behaviour.trend import Series
from analytics.operations.run_report import Found, Report

CELL = "Give it to /customers/ to get those who are counted."


def _cell(**more: Any) -> serializers.CharField:
    return serializers.CharField(help_text=CELL, **more)


class TrendStepSerializer(serializers.Serializer[Any]):
    """A day, a week or a month of a series."""

    events = serializers.IntegerField()
    people = serializers.IntegerField()
    cell = _cell()


class SeriesSerializer(serializers.Serializer[Any]):
    """Of one event, and one value of the property where the trend is broken down."""

    event = serializers.CharField(allow_null=True, help_text="null: any event.")
    value = serializers.CharField(allow_null=True, allow_blank=True, help_text="null: all other values.")
    events = serializers.IntegerField()
    people = serializers.IntegerField(help_text="Different people in the whole period.")
    cell = _cell()
    steps = TrendStepSerializer(many=True)


class FunnelStepSerializer(serializers.Serializer[Any]):
    """How many people came as far as here."""

    event = serializers.CharField(allow_null=True)
    people = serializers.IntegerField()
    of_first = serializers.FloatField(allow_null=True, help_text="Share of those at the first step, of 1.")
    of_previous = serializers.FloatField(allow_null=True)
    dropped = serializers.IntegerField(help_text="Came here and not to the next.")
    median_seconds = serializers.FloatField(allow_null=True, help_text="From the step before to this one.")
    cell = _cell()
    dropped_cell = _cell()


class BackSerializer(serializers.Serializer[Any]):
    """How many were back so many steps after they began."""

    people = serializers.IntegerField(allow_null=True, help_text="null: not begun yet.")
    is_partial = serializers.BooleanField(help_text="It is not over yet.")
    cell = _cell()


class CohortSerializer(serializers.Serializer[Any]):
    """Those who began in one day, week or month."""

    first = serializers.DateField()
    people = serializers.IntegerField()
    cell = _cell()
    back = BackSerializer(many=True)


class PlaceSerializer(serializers.Serializer[Any]):
    """What so many people did as this step."""

    event = serializers.CharField(allow_null=True, help_text="null: all others.")
    people = serializers.IntegerField()
    cell = _cell()


class PathLinkSerializer(serializers.Serializer[Any]):
    """So many people did the one and then the other (going backwards: before it)."""

    before = serializers.CharField(allow_null=True)
    after = serializers.CharField(allow_null=True)
    people = serializers.IntegerField()
    cell = _cell()


class PathStepSerializer(serializers.Serializer[Any]):
    """One step away from the anchor."""

    events = PlaceSerializer(many=True)
    links = PathLinkSerializer(many=True)
    ended = serializers.IntegerField(help_text="Came as far as the step before and did nothing more.")
    ended_cell = _cell()


class PathsSerializer(serializers.Serializer[Any]):
    """What people do next after the anchor, or did last before it."""

    began = serializers.IntegerField()
    cell = _cell()
    steps = PathStepSerializer(many=True)


class SessionsSerializer(serializers.Serializer[Any]):
    """Sessions that began in a day, a week or a month (`first` null: in the whole period)."""

    first = serializers.DateField(allow_null=True)
    sessions = serializers.IntegerField()
    people = serializers.IntegerField()
    events = serializers.IntegerField()
    bounced = serializers.IntegerField(help_text="Sessions of one event.")
    mean_seconds = serializers.FloatField(allow_null=True)
    median_seconds = serializers.FloatField(allow_null=True)
    cell = _cell()
    bounced_cell = _cell()


class FoundSerializer(serializers.Serializer[Any]):
    """Among everybody, or in one segment. Of the lists, that of the report's kind is there; the others are null."""

    segment = serializers.IntegerField(allow_null=True)
    trend = SeriesSerializer(many=True, allow_null=True)
    funnel = FunnelStepSerializer(many=True, allow_null=True)
    retention = CohortSerializer(many=True, allow_null=True)
    paths = PathsSerializer(allow_null=True)
    sessions = SessionsSerializer(many=True, allow_null=True)


class ResultSerializer(serializers.Serializer[Any]):
    """What a report found, of those whom you see."""

    first = serializers.DateField()
    last = serializers.DateField()
    time_zone = serializers.CharField()
    unknown_events = serializers.ListField(child=serializers.CharField(), help_text="Asked for, and never came in.")
    days = serializers.ListField(
        child=serializers.DateField(), help_text="The first day of each day, week or month; for funnels and paths none."
    )
    results = FoundSerializer(many=True)


def as_data(report: Report) -> dict[str, Any]:
    """The report as the serializers name it."""
    return {
        "first": report.first,
        "last": report.last,
        "time_zone": report.definition.time_zone,
        "unknown_events": report.unknown,
        "days": [*report.steps.days] if report.steps else [],
        "results": [_found(report, found) for found in report.found],
    }


def _found(report: Report, found: Found) -> dict[str, Any]:
    return {
        "segment": found.segment.pk if found.segment else None,
        "trend": None if found.series is None else [_series(report, found, one) for one in found.series],
        "funnel": None if found.funnel is None else _funnel(report, found),
        "retention": None if found.cohorts is None else _retention(report, found),
        "paths": None if found.path is None else _paths(report, found),
        "sessions": None if found.sessions is None else _sessions(report, found),
    }


def _series(report: Report, found: Found, series: Series) -> dict[str, Any]:
    cell = found.report.cell
    return {
        "event": report.definition.steps[series.selector].event,
        "value": series.value,
        "events": series.all_events,
        "people": series.all_people,
        "cell": cell(series, None),
        "steps": [
            {"events": events, "people": people, "cell": cell(series, step)}
            for step, (events, people) in enumerate(zip(series.events, series.people, strict=True))
        ],
    }


def _funnel(report: Report, found: Found) -> list[dict[str, Any]]:
    names = ("people", "of_first", "of_previous", "dropped", "median_seconds")
    return [
        {
            "event": asked.event,
            **{name: getattr(step, name) for name in names},
            "cell": f"reached:{number}",
            "dropped_cell": f"dropped:{number}",
        }
        for number, (asked, step) in enumerate(zip(report.definition.steps, found.funnel or (), strict=True))
    ]


def _retention(report: Report, found: Found) -> list[dict[str, Any]]:
    days = report.steps.days if report.steps else ()
    return [
        {
            "first": days[one.step],
            "people": one.people,
            "cell": f"{one.step}:began",
            "back": [
                {
                    "people": people,
                    "is_partial": found.report.is_partial(one.step, column),
                    "cell": f"{one.step}:{column}",
                }
                for column, people in enumerate(one.back)
            ],
        }
        for one in found.cohorts or ()
    ]


def _paths(report: Report, found: Found) -> dict[str, Any]:
    def name(key: int) -> str | None:
        return report.names.get(key)

    steps = []
    for number, step in enumerate(found.path or ()):
        places = [
            {
                "event": name(one.name),
                "people": one.people,
                "cell": one.cell,
            }
            for one in step.places
        ]
        anchor = report.definition.steps[0].event
        links = [
            {
                "before": name(one.before) if number else anchor,
                "after": name(one.after),
                "people": one.people,
                "cell": one.cell,
            }
            for one in step.links
        ]
        steps.append({"events": places, "links": links, "ended": step.ended, "ended_cell": step.ended_cell})
    return {"began": found.began, "cell": "began", "steps": steps}


def _sessions(report: Report, found: Found) -> list[dict[str, Any]]:
    whole, each = found.sessions or (None, [])
    days = report.steps.days if report.steps else ()
    names = ("sessions", "people", "events", "bounced", "mean_seconds", "median_seconds")
    rows = [(None, "all", whole), *((day, str(n), one) for n, (day, one) in enumerate(zip(days, each, strict=True)))]
    return [
        {
            "first": day,
            **{name: getattr(one, name) for name in names},
            "cell": f"people:{cell}",
            "bounced_cell": f"bounced:{cell}",
        }
        for day, cell, one in rows
    ]
