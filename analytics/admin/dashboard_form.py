"""The form of a dashboard: its name, and with whom it is shared."""

from typing import Any

from analytics.admin.sharing import check_sharing
from customers.admin.forms import CandidForm
from customers.models import User


class DashboardForm(CandidForm):
    """Only the owner shares, and only with teams of theirs."""

    user: User

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        check_sharing(self, data)
        return data
