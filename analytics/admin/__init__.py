from analytics.admin import (
    comparison,
    customers,
    digests,
    forecasts,
    ledger,
    market,
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
    "forecasts",
    "ledger",
    "market",
    "panel",
    "preference_versions",
    "proposals",
    "runs",
    "validations",
    "versions",
]
