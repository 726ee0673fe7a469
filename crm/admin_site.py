"""The admin site of Candid."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import path
from django.utils.functional import SimpleLazyObject
from unfold.sites import UnfoldAdminSite


class CandidAdminSite(UnfoldAdminSite):
    """The one admin site. Pages that belong to no model are added here."""

    def get_urls(self) -> list[Any]:
        """Our own pages, each under a prefix of its own, and those of the models."""
        from customers.admin.login.urls import login_urls  # the pages need the models
        from services.admin.desk.urls import desk_urls

        return [
            *login_urls(self, self.admin_view),
            *desk_urls(self.admin_view),
            path("setup/industry/", self.admin_view(self.setup_industry), name="industry_setup"),
            path("data-register/", self.admin_view(self.data_register), name="data_register"),
            path("system/", self.admin_view(self.system), name="system"),
            path("reports/service/", self.admin_view(self.service_report), name="service_report"),
            *super().get_urls(),
        ]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """As ever, but made when a page shows it. Django makes it for each page of the admin, a quarter of whose time
        it takes; ours have a sidebar of their own."""
        build = super().get_app_list
        return SimpleLazyObject(lambda: build(request, app_label))

    def setup_industry(self, request: HttpRequest) -> HttpResponse:
        """Set up for your industry."""
        from crm.setup_page import setup_page  # the site is made before the models are there

        return setup_page(request)

    def system(self, request: HttpRequest) -> HttpResponse:
        """How the installation does."""
        from crm.watch.system_page import system_page

        return system_page(request)

    def service_report(self, request: HttpRequest) -> HttpResponse:
        """How the service desk does."""
        from analytics.admin.service_report import service_report_page

        return service_report_page(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The log-in page."""
        from customers.admin.login.log_in import log_in

        return log_in(self, request)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """A new password of one's own."""
        from customers.admin.login.password import own_password

        return own_password(request)

    def data_register(self, request: HttpRequest) -> HttpResponseBase:
        """What each column holds of a person."""
        from customers.admin.register_page import register_page

        return register_page(request)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """As ever; and the page of a customer who was merged into another leads to the page of that one."""
        # Here, since the modules of the admin register with this site while they are imported.
        from customers.admin.merged import lead_to_kept

        return super().admin_view(lead_to_kept(view), cacheable)
