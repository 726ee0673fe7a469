from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import User
from services.choices import TicketStatus
from services.models import Macro
from services.operations.desk_tools import require_may_shape
from services.operations.macro_text import UnknownPlaceholder, require_known_placeholders

# Closing is for good, merging needs another ticket, and nothing becomes new: no macro does these.
REACHED = (TicketStatus.OPEN, TicketStatus.PENDING, TicketStatus.ON_HOLD, TicketStatus.SOLVED)


@transaction.atomic
def write_macro(
    *, macro: Macro, changes: dict[str, Any], by: User | None, at: datetime, expected_version: int | None = None
) -> Macro:
    """Save a new macro, or change one. Who does not set up the desk makes macros for themselves alone.

    Raises StaleVersion, NotYours, ValidationError: for an unknown placeholder, or a macro that does nothing."""
    is_new = macro.pk is None
    if not is_new:
        macro.refresh_from_db(from_queryset=Macro.objects.select_for_update())
        macro.require_version(expected_version)
        require_may_shape(macro, by)
    for name, value in changes.items():
        setattr(macro, name, value)
    require_may_shape(macro, by)
    check_macro(macro)
    macro.full_clean()
    if is_new:
        macro.save(force_insert=True)
    else:
        macro.save_checked(update_fields=list(changes))
    return macro


def check_macro(macro: Macro) -> None:
    """Raise ValidationError, by field, for what no macro may be."""
    problems: dict[str, str] = {}
    try:
        require_known_placeholders(macro.body)
    except UnknownPlaceholder as error:
        problems["body"] = str(error)
    if macro.status_after and macro.status_after not in REACHED:
        problems["status_after"] = _("A macro can open, wait, hold or solve a ticket.")
    if macro.team_id and macro.owner_id:
        problems["team"] = _("A macro belongs to a team or to one user, not to both.")
    does_nothing = not (macro.body.strip() or macro.status_after or macro.priority or macro.takes_ticket)
    if does_nothing and "body" not in problems:
        problems["body"] = _("This macro does nothing: write a text, or say what becomes of the ticket.")
    if problems:
        raise ValidationError({name: [text] for name, text in problems.items()})
