"""What the writing of reports and dashboards has in common: who owns one, and with whom it is shared."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from analytics.models.shareable import Shareable
from customers.models import User

SHARING = ("is_shared", "team")

Changes = dict[str, Any]
Row = TypeVar("Row", bound=Shareable)


@transaction.atomic
def write_shareable(
    row: Row,
    changes: Changes,
    *,
    by: User,
    at: datetime,
    expected_version: int | None,
    settle: Callable[[Row, Changes], Changes] = lambda row, changes: changes,
) -> Row:
    """Save a new row, or change one. Whoever makes it owns it; only its owner says with whom it is shared, and only
    with teams of theirs. `settle` puts right what the changes made of the row, and returns all changes.

    Raises StaleVersion, ValidationError."""
    is_new = row.pk is None
    if is_new:
        row.owner, row.created_at = by, at
    else:
        row.refresh_from_db(from_queryset=type(row)._base_manager.select_for_update())
        row.require_version(expected_version)
        require_may_share(row, changes, by)
    for name, value in changes.items():
        setattr(row, name, value)
    if not row.is_shared and row.team_id is not None:
        row.team = None
        changes = {**changes, "team": None}
    if "team" in changes and row.team_id is not None:
        require_their_team(row.team_id, by)
    changes = settle(row, changes)
    row.full_clean()
    if is_new:
        row.save(force_insert=True)
    else:
        row.save_checked(update_fields=list(changes))
    return row


def require_may_share(row: Shareable, changes: Changes, by: User) -> None:
    """Raise ValidationError where somebody would share, or hide, what is another's."""
    changed = [name for name in SHARING if name in changes and getattr(row, name) != changes[name]]
    if changed and row.owner_id != by.pk and not by.is_superuser:
        raise ValidationError({changed[0]: _("Only the owner says with whom this is shared.")})


def require_their_team(team: int, by: User) -> None:
    """Raise ValidationError where somebody would share something with a team that they are not in."""
    if not by.sees_all_teams and team not in by.team_ids:
        raise ValidationError({"team": _("Choose a team of yours.")})
