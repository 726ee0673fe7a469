"""Reports as data: the numbers of the page “Service reports”."""

from datetime import timedelta
from functools import partial
from typing import Any, Protocol

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.report_links import CohortLinks, TicketsSerializer
from analytics.choices import Granularity
from analytics.operations.report_period import Period, PeriodIsUnusable
from analytics.operations.service_report import Bar, Distribution, Group, ServiceReport, Step, Targets, service_report
from customers.api.base import ScopedViewSet
from customers.filtersets import LARGEST_KEY
from services.choices import SLAClock
from services.models import Ticket

USUAL_DAYS = 28


class KeptSerializer(serializers.Serializer[Any]):
    """Targets kept and missed, and the share of those kept; null: none was decided."""

    kept = serializers.IntegerField()
    missed = serializers.IntegerField()
    percent = serializers.FloatField(allow_null=True)
    tickets = TicketsSerializer()


class TargetsSerializer(serializers.Serializer[Any]):
    """Of each clock."""

    first_reply = KeptSerializer()
    next_reply = KeptSerializer()
    resolution = KeptSerializer()


class StepSerializer(serializers.Serializer[Any]):
    """A day, a week or a month."""

    first = serializers.DateField(help_text="The first day.")
    until = serializers.DateField(help_text="The day after the last.")
    opened = serializers.IntegerField()
    solved = serializers.IntegerField(help_text="Solved then, and not reopened since.")
    open_at_end = serializers.IntegerField()
    tickets = TicketsSerializer()
    targets = TargetsSerializer()


class GroupSerializer(serializers.Serializer[Any]):
    """A queue or an agent; id null: tickets that nobody has."""

    id = serializers.IntegerField(allow_null=True)
    name = serializers.CharField(allow_blank=True)
    targets = TargetsSerializer()


class BarSerializer(serializers.Serializer[Any]):
    """Tickets that took from `least` to less than `below` seconds; null: or more."""

    least = serializers.IntegerField()
    below = serializers.IntegerField(allow_null=True)
    count = serializers.IntegerField()
    tickets = TicketsSerializer()


class DistributionSerializer(serializers.Serializer[Any]):
    """Seconds of business time."""

    count = serializers.IntegerField()
    tickets = TicketsSerializer()
    median = serializers.IntegerField(allow_null=True)
    p90 = serializers.IntegerField(allow_null=True)
    bars = BarSerializer(many=True)


class ServiceReportSerializer(serializers.Serializer[Any]):
    """How the service desk did, of the tickets that you see. `tickets` leads from each number of tickets to them."""

    first = serializers.DateField()
    last = serializers.DateField()
    granularity = serializers.ChoiceField(choices=Granularity.choices)
    opened = serializers.IntegerField()
    solved = serializers.IntegerField()
    steps = StepSerializer(many=True)
    targets = TargetsSerializer()
    queues = GroupSerializer(many=True)
    agents = GroupSerializer(many=True)
    first_reply = DistributionSerializer()
    resolution = DistributionSerializer()
    ever_solved = serializers.IntegerField(help_text="Opened in the period and solved at some time.")
    reopened = serializers.IntegerField(help_text="Of those, reopened at some time.")
    csat = serializers.FloatField(allow_null=True, help_text="Average of 1 to 5.")
    rated = serializers.IntegerField(help_text="Tickets rated in the period.")
    asked = serializers.IntegerField(help_text="Tickets whose customer was asked in the period.")
    answered = serializers.IntegerField(help_text="Of those, answered.")
    tickets = TicketsSerializer()


class AskedSerializer(serializers.Serializer[Any]):
    """The query of a report."""

    first = serializers.DateField(required=False)
    last = serializers.DateField(required=False)
    by = serializers.ChoiceField(choices=Granularity.choices, default=Granularity.DAY)
    queue = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_KEY)
    agent = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_KEY)


PARAMETERS = [
    OpenApiParameter("first", {"type": "string", "format": "date"}, description="Four weeks before `last`."),
    OpenApiParameter("last", {"type": "string", "format": "date"}, description="Today."),
    OpenApiParameter("by", {"type": "string", "enum": list(Granularity.values), "default": "day"}),
    OpenApiParameter("queue", {"type": "integer", "minimum": 1}, description="Tickets of this queue alone."),
    OpenApiParameter("agent", {"type": "integer", "minimum": 1}, description="Tickets of this agent alone."),
]


class ReportViewSet(ScopedViewSet):
    """Reports."""

    queryset = Ticket.objects.all()
    serializer_class = ServiceReportSerializer
    stale = ("service",)

    @extend_schema(parameters=PARAMETERS, responses=ServiceReportSerializer, filters=False)
    @action(detail=False, parameters=("first", "last", "by", "queue", "agent"), pagination_class=None)
    def service(self, request: Request) -> Response:
        """How the service desk did in a period: backlog, replies, solutions, targets, reopenings, ratings."""
        serializer = AskedSerializer(data=request.query_params.dict())
        serializer.is_valid(raise_exception=True)
        asked = serializer.validated_data
        last = asked.get("last") or timezone.localdate()
        try:
            first = asked.get("first") or last - timedelta(days=USUAL_DAYS - 1)
            period = Period(first, last, Granularity(asked["by"]))
        except (PeriodIsUnusable, OverflowError) as error:
            raise ValidationError({"first": [str(error)]}) from error
        queue, agent = asked.get("queue"), asked.get("agent")
        report = service_report(user=self.user, period=period, queue=queue, agent=agent)
        return Response(as_data(report, CohortLinks(request, queue=queue, agent=agent)))


class _To(Protocol):
    """The tickets of a cohort, in the time of the numbers beside it."""

    def __call__(self, cohort: str, **more: Any) -> str: ...


def as_data(report: ServiceReport, links: CohortLinks) -> dict[str, Any]:
    """The report as the serializers name it."""
    plain = ("opened", "solved", "ever_solved", "reopened", "csat", "rated", "asked", "answered")
    to = partial(links.to, start=report.period.start, end=report.period.end)
    return {
        "first": report.period.first,
        "last": report.period.last,
        "granularity": report.period.granularity,
        **{name: getattr(report, name) for name in plain},
        "tickets": {name: to(name) for name in plain if name != "csat"},
        "steps": [_step(step, partial(links.to, start=step.start, end=step.end)) for step in report.steps],
        "targets": _targets(report.targets, to),
        "queues": [_group(group, to, "queue") for group in report.queues],
        "agents": [_group(group, to, "assignee") for group in report.agents],
        "first_reply": _distribution(report.first_reply, to, "replied"),
        "resolution": _distribution(report.resolution, to, "resolved"),
    }


def _step(step: Step, to: _To) -> dict[str, Any]:
    names = ("first", "until", "opened", "solved", "open_at_end")
    cohorts = {"opened": "opened", "solved": "solved", "open_at_end": "open"}
    return {
        **{name: getattr(step, name) for name in names},
        "tickets": {name: to(cohort) for name, cohort in cohorts.items()},
        "targets": _targets(step.targets, to),
    }


def _group(group: Group, to: _To, parameter: str) -> dict[str, Any]:
    more = {"unassigned": "true"} if group.key is None else {parameter: group.key}
    return {"id": group.key, "name": group.name, "targets": _targets(group.targets, partial(to, **more))}


def _targets(targets: Targets, to: _To) -> dict[str, Any]:
    return {
        clock.value: {
            "kept": targets[clock].kept,
            "missed": targets[clock].missed,
            "percent": targets[clock].percent,
            "tickets": {name: to(f"{clock.value}_{name}") for name in ("kept", "missed")},
        }
        for clock in SLAClock
    }


def _distribution(found: Distribution, to: _To, cohort: str) -> dict[str, Any]:
    bars = [
        {
            "least": bar.least,
            "below": bar.below,
            "count": bar.count,
            "tickets": {"count": to(cohort, **_taken(bar))},
        }
        for bar in found.bars
    ]
    whole = {"count": to(cohort)}
    return {"count": found.count, "tickets": whole, "median": found.median, "p90": found.p90, "bars": bars}


def _taken(bar: Bar) -> dict[str, int]:
    return {"cohort_least": bar.least} | ({} if bar.below is None else {"cohort_below": bar.below})
