from analytics.admin import comparison, customers, panel, preference_versions, proposals, runs, versions

__all__ = ["comparison", "customers", "panel", "preference_versions", "proposals", "runs", "versions"]
