from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from analytics.models import Dashboard
from analytics.operations.write_report import SHARING, require_their_team
from customers.models import User


@transaction.atomic
def write_dashboard(
    *, dashboard: Dashboard, changes: dict[str, Any], by: User, at: datetime, expected_version: int | None = None
) -> Dashboard:
    """Save a new dashboard, or change one. Whoever makes it owns it; only its owner says with whom it is shared, and
    only with teams of theirs.

    Raises StaleVersion, ValidationError."""
    is_new = dashboard.pk is None
    if is_new:
        dashboard.owner, dashboard.created_at = by, at
    else:
        dashboard.refresh_from_db(from_queryset=Dashboard.objects.select_for_update())
        dashboard.require_version(expected_version)
        require_may_share_dashboard(dashboard, changes, by)
    for name, value in changes.items():
        setattr(dashboard, name, value)
    if not dashboard.is_shared and dashboard.team_id is not None:
        dashboard.team = None
        changes = {**changes, "team": None}
    if "team" in changes and dashboard.team_id is not None:
        require_their_team(dashboard.team_id, by)
    dashboard.full_clean()
    if is_new:
        dashboard.save(force_insert=True)
    else:
        dashboard.save_checked(update_fields=list(changes))
    return dashboard


def require_may_share_dashboard(dashboard: Dashboard, changes: dict[str, Any], by: User) -> None:
    """Raise ValidationError where somebody would share, or hide, another's dashboard."""
    changed = [name for name in SHARING if name in changes and getattr(dashboard, name) != changes[name]]
    if changed and dashboard.owner_id != by.pk and not by.is_superuser:
        raise ValidationError({changed[0]: _("Only its owner says with whom this dashboard is shared.")})
