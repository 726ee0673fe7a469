from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "customers"
    verbose_name = _("Customers")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from customers.operations.prepare_customers import prepare_customers
        from customers.segments import own  # noqa: F401 - facts register themselves

        # post_migrate, like Django's own permissions: it also runs after a test's flush.
        post_migrate.connect(prepare_customers, sender=self, dispatch_uid="customers.prepare")
