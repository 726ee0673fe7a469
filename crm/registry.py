"""The register of personal data, of Django and the packages. See customers.registry."""

from customers.registry import Entry, direct, free, none, staff
from customers.registry.terms import OnErasure, Purpose, Retention

_BEAT = "django_celery_beat"

ENTRIES = (
    Entry("auth.Group", Purpose.STAFF, Retention.USE, (none("id name permissions"),)),
    Entry("auth.Permission", Purpose.RUN, Retention.USE, (none("id name content_type codename"),)),
    Entry("contenttypes.ContentType", Purpose.RUN, Retention.USE, (none("id app_label model"),)),
    Entry(
        "sessions.Session",
        Purpose.STAFF,
        Retention.SESSIONS,
        (none("expire_date"), staff("session_key session_data")),
    ),
    Entry(
        "admin.LogEntry",
        Purpose.STAFF,
        Retention.LOG,
        (
            none("id action_time content_type object_id action_flag"),
            direct("object_repr", OnErasure.REDACT),
            free("change_message", OnErasure.REDACT),
            staff("user"),
        ),
    ),
    Entry(f"{_BEAT}.SolarSchedule", Purpose.RUN, Retention.USE, (none("id event latitude longitude"),)),
    Entry(f"{_BEAT}.IntervalSchedule", Purpose.RUN, Retention.USE, (none("id every period"),)),
    Entry(f"{_BEAT}.ClockedSchedule", Purpose.RUN, Retention.USE, (none("id clocked_time"),)),
    Entry(
        f"{_BEAT}.CrontabSchedule",
        Purpose.RUN,
        Retention.USE,
        (none("id minute hour day_of_month month_of_year day_of_week timezone"),),
    ),
    Entry(f"{_BEAT}.PeriodicTasks", Purpose.RUN, Retention.USE, (none("ident last_update"),)),
    Entry(
        f"{_BEAT}.PeriodicTask",
        Purpose.RUN,
        Retention.USE,
        (
            none("id name task interval crontab solar clocked args kwargs queue exchange routing_key headers priority"),
            none("expires expire_seconds one_off start_time enabled last_run_at total_run_count date_changed"),
            none("description"),
        ),
    ),
)
