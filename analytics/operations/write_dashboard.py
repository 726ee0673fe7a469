from datetime import datetime
from typing import Any

from analytics.models import Dashboard
from analytics.operations.write_shareable import write_shareable
from customers.models import User


def write_dashboard(
    *, dashboard: Dashboard, changes: dict[str, Any], by: User, at: datetime, expected_version: int | None = None
) -> Dashboard:
    """Save a new dashboard, or change one; as write_shareable says.

    Raises StaleVersion, ValidationError."""
    return write_shareable(dashboard, changes, by=by, at=at, expected_version=expected_version)
