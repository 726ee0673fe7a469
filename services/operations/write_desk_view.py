from datetime import datetime
from typing import Any

from django.db import transaction

from customers.models import User
from services.models import DeskView
from services.operations.desk_tools import require_may_shape


@transaction.atomic
def write_desk_view(
    *, view: DeskView, changes: dict[str, Any], by: User | None, at: datetime, expected_version: int | None = None
) -> DeskView:
    """Save a new view of the desk, or change one. Its filters have been checked by TicketFilterSet, at the edge. Who
    does not set up the desk makes views for themselves alone.

    Raises StaleVersion, NotYours, ValidationError."""
    is_new = view.pk is None
    if not is_new:
        view.refresh_from_db(from_queryset=DeskView.objects.select_for_update())
        view.require_version(expected_version)
        require_may_shape(view, by)
    for name, value in changes.items():
        setattr(view, name, value)
    require_may_shape(view, by)
    view.full_clean()
    if is_new:
        view.save(force_insert=True)
    else:
        view.save_checked(update_fields=list(changes))
    return view
