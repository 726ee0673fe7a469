"""The form of a dashboard: its name, and with whom it is shared."""

from typing import Any

from django.core.exceptions import ValidationError

from analytics.models import Dashboard
from analytics.operations.write_dashboard import require_may_share_dashboard
from analytics.operations.write_report import require_their_team
from customers.admin.forms import CandidForm
from customers.models import User


class DashboardForm(CandidForm):
    """Only the owner shares, and only with teams of theirs."""

    user: User

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        shared: dict[str, Any] = {name: data[name] for name in ("is_shared", "team") if name in data}
        if not shared.get("is_shared"):
            shared["team"] = data["team"] = None
        try:
            if self.instance.pk:
                require_may_share_dashboard(Dashboard.objects.get(pk=self.instance.pk), shared, self.user)
            if shared.get("team") is not None and "team" in self.changed_data:
                require_their_team(shared["team"].pk, self.user)
        except ValidationError as refused:
            self.add_error(None, refused)
        return data
