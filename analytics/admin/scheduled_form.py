"""The form of a scheduled report."""

import zoneinfo
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminSelectWidget

from analytics.models import ScheduledReport
from analytics.operations.write_scheduled_report import require_may_schedule, require_recipients
from customers.admin.forms import CandidForm
from customers.models import User
from customers.segments.choices import name_of


class People(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Colleagues, by their names."""

    def label_from_instance(self, obj: Any) -> str:
        """As they are called."""
        return name_of(obj)


class ScheduledReportForm(CandidForm):
    """What the operation would refuse is said beside its field."""

    user: User
    recipients = People(
        label=_("Who gets it"),
        queryset=User.objects.none(),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("Colleagues who may see it and may take files out. Each gets a mail of their own."),
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), widget=UnfoldAdminSelectWidget)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        if "recipients" in fields:
            staff = Q(is_active=True, is_staff=True)
            kept = list(self.instance.recipients.values_list("pk", flat=True)) if self.instance.pk else []
            fields["recipients"].queryset = User.objects.filter(staff | Q(pk__in=kept)).order_by("username")
        if "time_zone" in fields:
            fields["time_zone"].choices = [(zone, zone) for zone in sorted(zoneinfo.available_timezones())]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.errors or "recipients" not in data:
            return data
        asked = ScheduledReport(dashboard=data.get("dashboard"), report=data.get("report"), pk=self.instance.pk)
        if (asked.dashboard is None) == (asked.report is None):
            self.add_error(None, _("Choose a dashboard or a report, one of the two."))
            return data
        try:
            require_may_schedule(asked, self.user)
            require_recipients(asked, list(data["recipients"]), is_new=self.instance.pk is None)
        except ValidationError as refused:
            self.add_error(None, refused)
        return data
