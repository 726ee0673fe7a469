from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from analytics.querysets import ScoreQuerySet
from customers.choices import OnMerge


class RelationEffect(models.Model):
    """What a customer's relations weigh beside their score, never inside it: points below zero, with the reasons. Only
    customers who feel something have a row; analytics.scoring.relation_effects says how it is worked out.

    `sources`: the strongest first, [{"customer", "tickets", "via": [relation id, ...], "points"}].
    """

    customer = models.OneToOneField(
        "customers.Customer",
        models.CASCADE,
        verbose_name=_("customer"),
        primary_key=True,
        related_name="relation_effect",
    )
    points = models.FloatField(_("points by relations"))
    tickets = models.PositiveIntegerField(_("late tickets of related customers"))
    sources = models.JSONField(_("reasons"), default=list)
    at = models.DateTimeField(_("computed at"))

    on_merge = {"customer": OnMerge.FORGET}

    objects = ScoreQuerySet["RelationEffect"].as_manager()

    class Meta:
        verbose_name = _("effect of relations")
        verbose_name_plural = _("effects of relations")
        ordering = ["-pk"]
        indexes = [
            # who is weighed down most
            models.Index(fields=["points"], name="relation_effect_points"),
            # those that are out of date
            models.Index(fields=["at"], name="relation_effect_at"),
        ]
        constraints = [models.CheckConstraint(condition=Q(points__lt=0), name="relation_effect_below_0")]

    def __str__(self) -> str:
        return f"{self.points:.1f}"


class ContactRisk(models.Model):
    """An organisation that one contact carries: who leaves takes it along. Only such organisations have a row.

    requests: what its contacts asked within the time that is looked at, `carried` of them this one. contacts: how many
    are known.
    """

    customer = models.OneToOneField(
        "customers.Customer",
        models.CASCADE,
        verbose_name=_("customer"),
        primary_key=True,
        related_name="contact_risk",
    )
    contact = models.ForeignKey(
        "customers.Customer", models.CASCADE, verbose_name=_("contact"), related_name="carried_organisations"
    )
    requests = models.PositiveIntegerField(_("requests"))
    carried = models.PositiveIntegerField(_("requests of this contact"))
    contacts = models.PositiveIntegerField(_("contacts"))
    at = models.DateTimeField(_("computed at"))

    on_merge = {"customer": OnMerge.FORGET, "contact": OnMerge.FORGET}

    objects = ScoreQuerySet["ContactRisk"].as_manager()

    class Meta:
        verbose_name = _("single-contact risk")
        verbose_name_plural = _("single-contact risks")
        ordering = ["-pk"]
        indexes = [
            # those that are out of date
            models.Index(fields=["at"], name="contact_risk_at"),
        ]

    def __str__(self) -> str:
        return f"{self.carried}/{self.requests}"
