from analytics.admin import comparison, customers, digests, ledger, panel, runs, versions

__all__ = ["comparison", "customers", "digests", "ledger", "panel", "runs", "versions"]
