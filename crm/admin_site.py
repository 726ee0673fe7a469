"""The admin site of Candid."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from unfold.sites import UnfoldAdminSite


class CandidAdminSite(UnfoldAdminSite):
    """The one admin site. Pages that belong to no model are added here."""

    def get_urls(self) -> list[Any]:
        """Our own pages, each under a prefix of its own, and those of the models."""
        return [
            path("setup/industry/", self.admin_view(self.setup_industry), name="industry_setup"),
            *super().get_urls(),
        ]

    def setup_industry(self, request: HttpRequest) -> HttpResponse:
        """Set up for your industry."""
        from crm.setup_page import setup_page  # the site is made before the models are there

        return setup_page(request)
