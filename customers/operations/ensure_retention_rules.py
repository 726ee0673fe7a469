from django.db import connection

from customers.choices import RetentionKind
from customers.models import RetentionRule

# kind -> days, and whether it is active from the beginning: what nobody misses is.
USUAL = {
    RetentionKind.TICKET_TEXTS: (3 * 365, False),
    RetentionKind.INTERACTIONS: (3 * 365, False),
    RetentionKind.IMPORTS: (365, False),
    RetentionKind.SNAPSHOTS: (3 * 365, False),
    RetentionKind.JOBS: (90, True),
    RetentionKind.LOG: (2 * 365, False),
    RetentionKind.SESSIONS: (1, True),
    RetentionKind.WEB_FORMS: (30, True),
    RetentionKind.EVENTS: (2 * 365, False),
}


def ensure_retention_rules() -> None:
    """Make the rules that are missing. One that is there is left as staff set it."""
    if RetentionRule._meta.db_table not in connection.introspection.table_names():  # migrated back
        return
    known = set(RetentionRule.objects.values_list("kind", flat=True))
    RetentionRule.objects.bulk_create(
        RetentionRule(kind=kind, days=days, is_active=is_active)
        for kind, (days, is_active) in USUAL.items()
        if kind not in known
    )
