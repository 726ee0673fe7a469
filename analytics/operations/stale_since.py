from datetime import datetime, timedelta

from analytics.choices import OVER_EVERYBODY, RunKind, RunState
from analytics.models import ScoringRun

# No transaction that touches a customer lasts so long: importers commit every few seconds.
LONGEST_TRANSACTION = timedelta(hours=1)


def stale_since() -> datetime | None:
    """The moment from which a sweep has to look for activity; None: from the beginning.

    That is when the newest sweep was made, or a run over everybody that has finished: either looked at all activity
    that was committed by then. What a transaction recorded before but committed after, it did not see, hence the
    margin. A sweep that failed hides its customers from the next one; the nightly run heals them."""
    runs = [ScoringRun.objects.filter(kind=RunKind.SWEEP)]
    runs += [ScoringRun.objects.filter(kind=kind, state=RunState.DONE) for kind in OVER_EVERYBODY]
    # Kind by kind, newest first: each is one step along the unique index (kind, logical_at).
    newest = [run.order_by("-logical_at").values_list("as_of", flat=True).first() for run in runs]
    moments = [as_of for as_of in newest if as_of is not None]
    return max(moments) - LONGEST_TRANSACTION if moments else None
