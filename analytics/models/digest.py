from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from analytics.choices import DigestRhythm
from customers.audit.rows import AuditedQuerySet
from customers.models import Audited, Team
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


class DigestSubscription(Audited):
    """Somebody who has the digests of their teams sent by mail."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("user"), related_name="digest_subscription"
    )
    every = models.CharField(_("how often"), max_length=6, choices=DigestRhythm, default=DigestRhythm.DAY)
    language = models.CharField(_("language"), max_length=12, choices=settings.LANGUAGES)

    objects = AuditedQuerySet["DigestSubscription"].as_manager()

    class Meta:
        base_manager_name = "objects"
        verbose_name = _("digest by mail")
        verbose_name_plural = _("digests by mail")

    def __str__(self) -> str:
        return self.get_every_display()
