from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Team, Versioned


class Shareable(Versioned):
    """What somebody keeps for themselves, or shares: with a team, or, without one, with everybody."""

    name = models.CharField(_("name"), max_length=100)
    description = models.CharField(_("description"), max_length=255, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("owner"), null=True, blank=True, related_name="+"
    )
    is_shared = models.BooleanField(
        _("shared"), default=False, help_text=_("Others may use it. Each counts the customers that are theirs to see.")
    )
    team = models.ForeignKey(
        Team,
        models.PROTECT,  # emptied it would be everybody's
        verbose_name=_("with the team"),
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Whom it is shared with. Empty: everybody."),
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name
