"""Django application of the wiring, and the admin's configuration."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class CrmConfig(AppConfig):
    """Holds the checks and commands that need every room."""

    name = "crm"
    verbose_name = "Candid"


class CandidAdminConfig(AdminConfig):
    """Django's admin on our own site, so that plain `@admin.register` registers there."""

    default_site = "crm.admin_site.CandidAdminSite"
