"""Scheduled reports over the API."""

from typing import Any

from django.core.exceptions import ValidationError as Refused
from django.utils import timezone
from django_filters import BooleanFilter, FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.dashboards import refused
from analytics.models import Dashboard, SavedReport, ScheduledReport
from analytics.operations.leave_scheduled_report import leave_scheduled_report
from analytics.operations.mail_hindrance import STANDINGS, mail_hindrance
from analytics.operations.send_scheduled_report import send_scheduled_report
from analytics.operations.write_scheduled_report import MOST_RECIPIENTS, write_scheduled_report
from customers.api.base import CatalogueViewSet
from customers.api.customers import ColleagueField
from customers.api.fields import NothingSerializer, StrictModel, VisibleRow
from customers.api.idempotency import once
from customers.filtersets import IdFilter
from customers.models import User
from customers.tasks import poke_after_commit


class RecipientSerializer(serializers.Serializer[Any]):
    """A recipient. `paused`: why nothing is sent to them now, null: it is; `last`: what came of it the last time."""

    user = serializers.IntegerField()
    paused = serializers.ChoiceField(choices=STANDINGS, allow_null=True)
    last = serializers.ChoiceField(choices=STANDINGS, allow_null=True)


class ScheduledReportHeadSerializer(StrictModel):
    """What comes by mail, and when."""

    class Meta:
        model = ScheduledReport
        fields = [
            *("id", "dashboard", "report", "owner", "every", "weekday", "month_day", "hour", "time_zone", "language"),
            *("format", "is_active", "created_at", "next_at", "last_at", "version"),
        ]
        read_only_fields = ["owner", "created_at", "next_at", "last_at", "version"]


class ScheduledReportSerializer(ScheduledReportHeadSerializer):
    """A dashboard or a behaviour report, one of the two, that comes by mail as a file: for each recipient with what
    they may see at that moment. Its owner is whoever made it, and alone changes it and sees who else gets it."""

    dashboard = VisibleRow(queryset=Dashboard.objects.all(), required=False, allow_null=True)
    report = VisibleRow(queryset=SavedReport.objects.all(), required=False, allow_null=True)
    recipients = serializers.ListField(
        child=ColleagueField(queryset=User.objects.all()), write_only=True, min_length=1, max_length=MOST_RECIPIENTS
    )
    standing = serializers.SerializerMethodField(help_text="Who gets it; to a recipient, themselves alone.")

    class Meta(ScheduledReportHeadSerializer.Meta):
        fields = [*ScheduledReportHeadSerializer.Meta.fields, "recipients", "standing"]

    @extend_schema_field(RecipientSerializer(many=True))
    def get_standing(self, row: ScheduledReport) -> Any:
        user = self.context["request"].user
        sees_all = row.owner_id == user.pk or user.is_superuser
        people = [one for one in row.recipients.order_by("pk") if sees_all or one.pk == user.pk]
        return [
            {
                "user": one.pk,
                "paused": mail_hindrance(row, one) or None,
                "last": row.outcome.get(str(one.pk)),
            }
            for one in people
        ]


class ScheduledReportFilterSet(FilterSet):
    """Scheduled reports by what they are of, and whether they are active."""

    dashboard = IdFilter()
    report = IdFilter()
    is_active = BooleanFilter()

    class Meta:
        model = ScheduledReport
        fields: list[str] = []


@extend_schema_view(list=extend_schema(responses=ScheduledReportHeadSerializer(many=True)))
class ScheduledReportViewSet(CatalogueViewSet):
    """What you had scheduled, and what you get."""

    queryset = ScheduledReport.objects.all()
    serializer_class = ScheduledReportSerializer
    filterset_class = ScheduledReportFilterSet
    inputs = {"list": ScheduledReportHeadSerializer, "send": NothingSerializer, "leave": NothingSerializer}

    def make(self, **values: Any) -> ScheduledReport:
        """Create through the operation."""
        return self._write(ScheduledReport(), values, None)

    def change(self, row: ScheduledReport, expected: int | None, **values: Any) -> None:
        """Update through the operation."""
        self._write(row, values, expected)

    def _write(self, row: ScheduledReport, values: dict[str, Any], expected: int | None) -> ScheduledReport:
        try:
            return write_scheduled_report(
                schedule=row, changes=values, by=self.user, at=timezone.now(), expected_version=expected
            )
        except Refused as error:
            raise refused(error) from error

    def check_object_permissions(self, request: Request, obj: Any) -> None:
        """Others look, and leave."""
        super().check_object_permissions(request, obj)
        looks = self.action in ("retrieve", "leave")
        if not looks and obj.owner_id != self.user.pk and not self.user.is_superuser:
            raise PermissionDenied

    @extend_schema(request=NothingSerializer, responses=ScheduledReportSerializer)
    @action(detail=True, methods=["post"], is_verb=True, needs="analytics.change_scheduledreport")
    @once
    def send(self, request: Request, pk: str) -> Response:
        """Have a worker write and send it now, to all who get it; look again later."""
        row = self.get_object()
        self.validated()
        try:
            send_scheduled_report(schedule=row, by=self.user, at=timezone.now())
        except Refused as error:
            raise refused(error) from error
        poke_after_commit()
        return self.answer(row.pk)

    @extend_schema(request=NothingSerializer, responses=ScheduledReportSerializer)
    @action(detail=True, methods=["post"], is_verb=True, needs="analytics.view_scheduledreport")
    @once
    def leave(self, request: Request, pk: str) -> Response:
        """Get it no longer."""
        row = self.get_object()
        self.validated()
        leave_scheduled_report(schedule=row, by=self.user, at=timezone.now())
        return self.answer(row.pk)
