from analytics.admin import comparison, customers, panel, runs, versions

__all__ = ["comparison", "customers", "panel", "runs", "versions"]
