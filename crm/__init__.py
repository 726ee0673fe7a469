"""Wiring: settings, addresses, Celery, admin site, API router, health. Imported by no other room."""

from crm.celery import app as celery_app

VERSION = "0.1.0"  # as in pyproject.toml

__all__ = ["VERSION", "celery_app"]
