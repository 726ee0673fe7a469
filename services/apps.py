from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ServicesConfig(AppConfig):
    name = "services"
    verbose_name = _("Service desk")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from customers.backup.files import register_folder
        from customers.operations.encrypted_places import register_place
        from customers.registry import register
        from services.exporters.lists import register_sheets_of_services
        from services.importers.known import register_imports
        from services.operations import (  # noqa: F401 - so do actions of rules
            rule_message_actions,
            rule_outside_actions,
            rule_ticket_actions,
        )
        from services.operations.attachment_place import ATTACHMENTS, ENCLOSURES, FORM_FILES, INBOUND_MAILS
        from services.operations.emit_ticket_events import register_events_of_tickets
        from services.operations.erasure_of_tickets import register_erasure_of_tickets
        from services.operations.learn_triage import register_triage
        from services.operations.notify_paused import register_paused_webhooks
        from services.operations.prepare_services import prepare_services
        from services.operations.privacy_of_forms import register_privacy_of_forms
        from services.operations.queue_messenger_reply import register_outcome_of_replies
        from services.operations.retention_of_tickets import register_retention_of_tickets
        from services.operations.start_recompute import register_recompute
        from services.operations.undo_tickets import register_undo_of_services
        from services.registry import desk
        from services.registry import mail as of_mail
        from services.registry import portal as of_portal
        from services.registry import tickets as of_tickets
        from services.segments import ratings, tickets  # noqa: F401 - facts register themselves
        from services.sql.status_triggers import keep_status_triggers

        register((*of_tickets.ENTRIES, *desk.ENTRIES, *of_mail.ENTRIES, *of_portal.ENTRIES))
        register_erasure_of_tickets()
        register_retention_of_tickets()
        register_imports()
        post_migrate.connect(keep_status_triggers, sender=self, dispatch_uid="services.status_triggers")
        post_migrate.connect(prepare_services, sender=self, dispatch_uid="services.prepare")
        register_undo_of_services()
        register_sheets_of_services()
        register_recompute()
        register_folder("attachments")
        register_place(ATTACHMENTS)
        register_place(INBOUND_MAILS)
        register_place(FORM_FILES)
        register_place(ENCLOSURES)
        register_privacy_of_forms()
        register_triage()
        register_events_of_tickets()
        register_outcome_of_replies()
        register_paused_webhooks()
