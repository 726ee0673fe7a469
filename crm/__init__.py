"""Wiring: settings, addresses, Celery, admin site, API router, health. Imported by no other room."""

from crm.celery import app as celery_app

__all__ = ["celery_app"]
