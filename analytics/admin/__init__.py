from analytics.admin import (
    campaigns,
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
    "campaigns",
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
