from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Team
from customers.querysets import ScopedQuerySet


class MoverDigest(models.Model):
    """Who of a team's customers fell or rose noticeably since the digest before, kept as it was told.

    `lines`: {"fell" | "rose": [{"customer", "before", "score", "low_evidence", "factor"}]}, who moved most first; keys
    and no names: whoever reads it sees those customers who are in sight then."""

    team = models.ForeignKey(Team, models.CASCADE, verbose_name=_("team"), related_name="+")
    day = models.DateField(_("day"))
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"))
    points = models.FloatField(_("points"), help_text=_("Who moved by less is not told."))
    fell = models.PositiveIntegerField(_("fell"))
    rose = models.PositiveIntegerField(_("rose"))
    lines = models.JSONField(_("customers"), default=dict)

    objects = ScopedQuerySet["MoverDigest"].as_manager()

    class Meta:
        verbose_name = _("digest of movers")
        verbose_name_plural = _("digests of movers")
        ordering = ["-day", "-id"]
        constraints = [
            # one digest a day, however often the clock beats; also the look-up of the newest
            models.UniqueConstraint(fields=["team", "day"], name="mover_digest_once"),
        ]
        indexes = [
            # the newest day
            models.Index(fields=["day"], name="mover_digest_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"
