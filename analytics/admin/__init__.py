from analytics.admin import customers, panel, runs, versions

__all__ = ["customers", "panel", "runs", "versions"]
