from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AnalyticsConfig(AppConfig):
    name = "analytics"
    verbose_name = _("Analytics")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from analytics.exporters.boards.mail import SCHEDULED_REPORT
        from analytics.exporters.customers import register_columns_of_analytics
        from analytics.importers.events.read_events import register_event_formats
        from analytics.models import (
            ContactRisk,
            CustomerScore,
            CustomerValue,
            Event,
            EventIdentity,
            PreferenceProfile,
            RelationEffect,
            ScoreSnapshot,
        )
        from analytics.operations.emit_score_changes import register_events_of_scores
        from analytics.operations.plan_contact_risks import CONTACT_RISKS
        from analytics.operations.plan_forecasts import FORECASTS
        from analytics.operations.propose_weights import LEARN_WEIGHTS
        from analytics.operations.start_campaign_list import CAMPAIGN_LIST
        from analytics.operations.start_measuring import MEASURE, MEASURE_PREFERENCES
        from analytics.operations.start_preview import PREVIEW, PREVIEW_PREFERENCES
        from analytics.operations.validation_job import VALIDATION
        from analytics.operations.value_job import VALUE
        from analytics.operations.write_digests import DIGEST
        from analytics.registry import ENTRIES
        from analytics.segments import relations, scores, value  # noqa: F401 - facts register themselves
        from customers.choices import RetentionKind
        from customers.operations.job_kinds import register_job
        from customers.operations.retention_kinds import Old, deleted, register_retention
        from customers.operations.undo_rules import UndoRule, register_undo
        from customers.registry import register

        register(ENTRIES)
        register_retention(RetentionKind.SNAPSHOTS, deleted(ScoreSnapshot, "as_of"))
        events = Event.objects
        register_retention(
            RetentionKind.EVENTS,
            Old(lambda cutoff: events.filter(at__lt=cutoff), "at", lambda keys: events.with_keys(keys).delete()),
        )
        register_event_formats()
        derived = (CustomerScore, CustomerValue, PreferenceProfile, ScoreSnapshot, RelationEffect, ContactRisk)
        for model in (*derived, EventIdentity):
            register_undo(model, UndoRule(is_derived=True))
        register_columns_of_analytics()
        register_events_of_scores()
        versions = (MEASURE, MEASURE_PREFERENCES, PREVIEW, PREVIEW_PREFERENCES)
        for kind in (
            CAMPAIGN_LIST,
            CONTACT_RISKS,
            DIGEST,
            FORECASTS,
            LEARN_WEIGHTS,
            SCHEDULED_REPORT,
            *versions,
            VALIDATION,
            VALUE,
        ):
            register_job(kind)
