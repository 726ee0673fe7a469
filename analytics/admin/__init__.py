from analytics.admin import (
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
