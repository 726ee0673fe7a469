"""Django application of the wiring, and the admin's configuration."""

from django.apps import AppConfig, apps
from django.contrib.admin.apps import AdminConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class CrmConfig(AppConfig):
    """Holds the checks and commands that need every room."""

    name = "crm"
    verbose_name = "Candid"

    def ready(self) -> None:
        from crm.registry import ENTRIES
        from crm.roles import prepare_roles
        from customers.registry import register

        register(ENTRIES)

        from crm.watch.slow_queries import watch_connection

        connection_created.connect(watch_connection, dispatch_uid="crm.slow_queries")

        # After analytics, the last app with models: by then the permissions of all rooms exist.
        post_migrate.connect(prepare_roles, sender=apps.get_app_config("analytics"), dispatch_uid="crm.prepare")


class CandidAdminConfig(AdminConfig):
    """Django's admin on our own site, so that plain `@admin.register` registers there."""

    default_site = "crm.admin_site.CandidAdminSite"
