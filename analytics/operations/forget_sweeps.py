from datetime import datetime, timedelta

from django.db import transaction

from analytics.choices import RunKind, RunState
from analytics.models import ScoringRun

KEPT = timedelta(days=30)
AT_ONCE = 500


@transaction.atomic
def forget_sweeps(*, at: datetime) -> int:
    """Delete sweeps that ended more than thirty days ago, a few at a time; returns how many. The scores they wrote
    stay: the nightly run has written them anew since."""
    old = ScoringRun.objects.filter(kind=RunKind.SWEEP, logical_at__lt=at - KEPT).exclude(state=RunState.RUNNING)
    ids = list(old.order_by("logical_at").values_list("pk", flat=True)[:AT_ONCE])
    if ids:
        ScoringRun.objects.filter(pk__in=ids).delete()
    return len(ids)
