from analytics.admin import customers, runs, versions

__all__ = ["customers", "runs", "versions"]
