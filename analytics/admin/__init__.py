from analytics.admin import comparison, customers, panel, runs, validations, versions

__all__ = ["comparison", "customers", "panel", "runs", "validations", "versions"]
