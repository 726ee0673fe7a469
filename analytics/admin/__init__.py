from analytics.admin import comparison, customers, ledger, panel, runs, versions

__all__ = ["comparison", "customers", "ledger", "panel", "runs", "versions"]
