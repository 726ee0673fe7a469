from analytics.admin import (
    behaviour_reports,
    comparison,
    customers,
    digests,
    ledger,
    panel,
    preference_versions,
    proposals,
    runs,
    validations,
    versions,
)

__all__ = [
    "behaviour_reports",
    "comparison",
    "customers",
    "digests",
    "ledger",
    "panel",
    "preference_versions",
    "proposals",
    "runs",
    "validations",
    "versions",
]
