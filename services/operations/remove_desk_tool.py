from datetime import datetime
from typing import Any

from django.db import transaction

from customers.models import User
from customers.operations.remove_row import remove_row
from services.models import DeskView, Macro
from services.operations.desk_tools import require_may_shape


@transaction.atomic
def remove_desk_tool(
    *, tool: Macro | DeskView, by: User | None, at: datetime, expected_version: int | None = None
) -> None:
    """Delete a macro or a view of the desk. Raises StaleVersion, NotYours."""
    locked: Any = type(tool)._base_manager.select_for_update()
    tool.refresh_from_db(from_queryset=locked)
    tool.require_version(expected_version)
    require_may_shape(tool, by)
    remove_row(row=tool, at=at, expected_version=expected_version)
