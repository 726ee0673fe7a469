from datetime import datetime
from typing import Any

from analytics.models import SavedReport
from analytics.operations.report_definition import read_report
from analytics.operations.write_shareable import Changes, write_shareable
from customers.models import User


def write_report(
    *, report: SavedReport, changes: dict[str, Any], by: User, at: datetime, expected_version: int | None = None
) -> SavedReport:
    """Save a new behaviour report, or change one; as write_shareable says.

    Raises StaleVersion, DefinitionInvalid, ValidationError."""

    def settle(row: SavedReport, changes: Changes) -> Changes:
        if row.pk is not None and not {"kind", "definition"} & {*changes}:
            return changes
        row.definition = read_report(kind=row.kind, definition=row.definition, user=by).as_json()
        return {**changes, "definition": row.definition}

    return write_shareable(report, changes, by=by, at=at, expected_version=expected_version, settle=settle)
