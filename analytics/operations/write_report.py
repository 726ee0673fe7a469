from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from analytics.models import SavedReport
from analytics.operations.report_definition import read_report
from customers.models import User

SHARING = ("is_shared", "team")


@transaction.atomic
def write_report(
    *, report: SavedReport, changes: dict[str, Any], by: User, at: datetime, expected_version: int | None = None
) -> SavedReport:
    """Save a new behaviour report, or change one. Whoever makes it owns it; only its owner says with whom it is shared,
    and only with teams of theirs.

    Raises StaleVersion, DefinitionInvalid, ValidationError."""
    is_new = report.pk is None
    if is_new:
        report.owner, report.created_at = by, at
    else:
        report.refresh_from_db(from_queryset=SavedReport.objects.select_for_update())
        report.require_version(expected_version)
        require_may_share(report, changes, by)
    for name, value in changes.items():
        setattr(report, name, value)
    if not report.is_shared and report.team_id is not None:
        report.team = None
        changes = {**changes, "team": None}
    if "team" in changes and report.team_id is not None:
        require_their_team(report.team_id, by)
    if is_new or {"kind", "definition"} & {*changes}:
        read = read_report(kind=report.kind, definition=report.definition, user=by)
        report.definition = read.as_json()
        changes = {**changes, "definition": report.definition}
    report.full_clean()
    if is_new:
        report.save(force_insert=True)
    else:
        report.save_checked(update_fields=list(changes))
    return report


def require_may_share(report: SavedReport, changes: dict[str, Any], by: User) -> None:
    """Raise ValidationError where somebody would share, or hide, another's report."""
    changed = [name for name in SHARING if name in changes and getattr(report, name) != changes[name]]
    if changed and report.owner_id != by.pk and not by.is_superuser:
        raise ValidationError({changed[0]: _("Only its owner says with whom this report is shared.")})


def require_their_team(team: int, by: User) -> None:
    """Raise ValidationError where somebody would share a report with a team that they are not in."""
    if not by.sees_all_teams and team not in by.team_ids:
        raise ValidationError({"team": _("Choose a team of yours.")})
