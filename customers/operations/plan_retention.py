from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from customers.models import Job, RetentionRule, RetentionRun
from customers.operations.start_retention import KIND, start_retention

# When the night's retention is due, in the time of the installation (TIME_ZONE): after scores and duplicates.
DUE = time(4, 0)


@transaction.atomic
def plan_retention(*, at: datetime) -> list[RetentionRun]:
    """Make the runs of the newest night, once, of each rule that is active. Nights that were missed are not made up
    for: the next one finds everything that is old."""
    night = _newest_night(at)
    rules = list(RetentionRule.objects.filter(is_active=True).order_by("pk"))
    keys = {rule.pk: f"{KIND}:{rule.kind}:{night:%Y-%m-%d}" for rule in rules}
    known = set(Job.objects.filter(key__in=keys.values()).values_list("key", flat=True))
    return [
        start_retention(rule=rule, is_dry_run=False, at=at, key=keys[rule.pk])
        for rule in rules
        if keys[rule.pk] not in known
    ]


def _newest_night(at: datetime) -> datetime:
    local = timezone.localtime(at, timezone.get_default_timezone())
    return local if local.time() >= DUE else local - timedelta(days=1)
