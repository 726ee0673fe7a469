"""The API's table of contents: every viewset under /api/v1/ is registered here."""

from rest_framework.routers import DefaultRouter

router = DefaultRouter()
