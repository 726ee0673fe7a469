from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "customers"
    verbose_name = _("Customers")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from customers.backup.files import register_folder
        from customers.exporters.job import EXPORT
        from customers.exporters.lists import register_sheets_of_customers
        from customers.exporters.person_job import PERSON_EXPORT
        from customers.importers.jobs import CHECK, IMPORT
        from customers.importers.known import register_imports
        from customers.models import Export
        from customers.operations.backup_jobs import BACKUP, VERIFICATION
        from customers.operations.encrypted_places import register_place
        from customers.operations.events_of_customers import register_events_of_customers
        from customers.operations.file_places import EXPORTS, UPLOADS
        from customers.operations.forget_exports import export_file, open_export
        from customers.operations.job_kinds import register_job
        from customers.operations.person_files import register_files
        from customers.operations.prepare_customers import prepare_customers
        from customers.operations.retention_kinds import register_retention_of_customers
        from customers.operations.rotate_values import ROTATE_KEYS
        from customers.operations.run_retention import RETENTION
        from customers.operations.run_sweep import SWEEP
        from customers.operations.start_undo import UNDO_IMPORT
        from customers.operations.undo_catalogue import register_undo_of_customers
        from customers.registry import accounts, orders, people, register, work
        from customers.segments import own  # noqa: F401 - facts register themselves
        from customers.sql.audit_triggers import keep_audit_triggers

        for module in (accounts, orders, people, work):
            register(module.ENTRIES)
        register_files(Export._meta.label, export_file, open_export)
        register_retention_of_customers()
        register_imports()
        post_migrate.connect(keep_audit_triggers, sender=self, dispatch_uid="customers.audit_triggers")
        # post_migrate, like Django's own permissions: it also runs after a test's flush.
        post_migrate.connect(prepare_customers, sender=self, dispatch_uid="customers.prepare")
        register_job(SWEEP)
        register_undo_of_customers()
        register_job(UNDO_IMPORT)
        for kind in (CHECK, IMPORT, EXPORT, PERSON_EXPORT, RETENTION, ROTATE_KEYS, BACKUP, VERIFICATION):
            register_job(kind)
        for folder in ("media", "imports", "reports"):  # exports not: they are kept for days, backups for a year
            register_folder(folder)
        register_sheets_of_customers()
        for place in (UPLOADS, EXPORTS):
            register_place(place)
        register_events_of_customers()
