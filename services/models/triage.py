from django.db import models
from django.utils.translation import gettext_lazy as _

from services.choices import TriageTarget


class TriageModel(models.Model):
    """What was learned of sorted tickets, one row for each question; written anew every night.

    `content` is what the pure maths in services/triage stores. The figures say how right it was on the newest fifth of
    the tickets, which it had not seen; `commonest` is what guessing the commonest answer would reach."""

    target = models.CharField(_("about"), max_length=12, choices=TriageTarget, unique=True)
    learned_at = models.DateTimeField(_("learned at"))
    tickets = models.PositiveIntegerField(_("tickets"))
    content = models.BinaryField(editable=False)
    right = models.FloatField(_("right"), null=True)
    among_three = models.FloatField(_("among the first three"), null=True)
    commonest = models.FloatField(_("the commonest answer"), null=True)
    off = models.FloatField(_("off by"), null=True)

    class Meta:
        verbose_name = _("triage model")
        verbose_name_plural = _("triage models")
        ordering = ["target"]

    def __str__(self) -> str:
        return str(self.get_target_display())

    def __repr__(self) -> str:  # never what it holds
        return f"<TriageModel {self.target}>"
