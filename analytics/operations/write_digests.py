from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from analytics.models import CustomerScore, MoverDigest, ScoringRun
from analytics.operations.mail_digests import mail_digests
from analytics.operations.movers import Mover, movers
from analytics.operations.plan_digest import KIND
from customers.models import Job, Team
from customers.operations.job_kinds import Clock, JobKind, Progress

# Who moved by so many points since the digest before is told of; so many customers of each direction by name.
POINTS = 5.0
NAMED = 20
USUALLY = timedelta(days=1)


def write_digests(*, day: date, at: datetime) -> int:
    """Write the digest of a day for each team that has none yet: who moved since its last one, or in one day where it
    never had one. Returns how many were written.

    Any number of workers may do it at once: of each team and day the first digest stays, and the next begins where it
    ended, so that a fall is told once."""
    done = MoverDigest.objects.filter(day=day).values("team")
    written = 0
    for team in Team.objects.exclude(pk__in=done).order_by("pk"):
        digest = _digest(team, day, at)
        MoverDigest.objects.bulk_create([digest], ignore_conflicts=True)
        written += 1
    return written


def _digest(team: Team, day: date, at: datetime) -> MoverDigest:
    last = MoverDigest.objects.filter(team=team, day__lt=day).order_by("-day").first()
    since = last.until if last else at - USUALLY
    scores = CustomerScore.objects.filter(customer__team=team).profiled()
    fell = movers(scores=scores, since=since, points=POINTS, direction="fell")
    rose = movers(scores=scores, since=since, points=POINTS, direction="rose")
    return MoverDigest(
        team=team,
        day=day,
        since=since,
        until=at,
        points=POINTS,
        fell=len(fell),
        rose=len(rose),
        lines={"fell": _lines(fell), "rose": _lines(rose)},
    )


def _lines(found: Sequence[Mover]) -> list[dict[str, Any]]:
    return [
        {
            "customer": mover.customer_id,
            "before": mover.before,
            "score": mover.score,
            "low_evidence": mover.low_evidence,
            "factor": mover.factor,
        }
        for mover in found[:NAMED]
    ]


def run_digest(job: Job, progress: Progress, clock: Clock) -> dict[str, Any]:
    """The digest as a job, and its mails. Done again from the start it writes what is missing."""
    run = ScoringRun.objects.filter(pk=job.subject_id or 0).first()
    if run is None:
        return {"digests": 0, "mails": 0}
    day = timezone.localdate(run.logical_at, timezone.get_default_timezone())
    return {"digests": write_digests(day=day, at=clock()), "mails": mail_digests(day=day, at=clock())}


DIGEST = JobKind(KIND, _("Digest of movers"), run_digest)
