from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from analytics.querysets import ScoreQuerySet
from customers.choices import OnMerge
from customers.querysets import OpenCatalogueQuerySet


class ValueModel(models.Model):
    """What one night learned of all orders, and how well that foretells: the parameters of the models and their figures
    out of sample. See operations.fit_value for the shapes. That `logical_at` is unique is the single-flight lock;
    `reached` is the last customer whose value was written, from where a killed job goes on."""

    logical_at = models.DateTimeField(_("scheduled for"), unique=True)
    as_of = models.DateTimeField(_("as of"), help_text=_("Nothing that happened later is looked at."))
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True)
    reached = models.BigIntegerField(default=0, editable=False)
    customers = models.PositiveBigIntegerField(_("customers with orders"), default=0)
    parameters = models.JSONField(_("parameters"), default=dict)
    figures = models.JSONField(_("figures"), default=dict)

    objects = OpenCatalogueQuerySet["ValueModel"].as_manager()

    class Meta:
        verbose_name = _("model of relationship value")
        verbose_name_plural = _("models of relationship value")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.as_of:%Y-%m-%d %H:%M}"


class CustomerValue(models.Model):
    """What the relationship with a customer is worth: whoever ordered something that counts has a row.

    Money is in `currency`, the one that they mostly order in. Fifths run from 1 to 5, best last, among customers of the
    same kind and currency. Null: not known, and the model's figures say why. `churn_reasons`: the strongest first,
    [{"feature", "value", "points"}], points of log-odds against the average customer."""

    customer = models.OneToOneField(
        "customers.Customer", models.CASCADE, verbose_name=_("customer"), primary_key=True, related_name="value"
    )
    # Models older than the newest few are forgotten: then nobody's value is by them any more.
    model = models.ForeignKey(
        ValueModel, models.DO_NOTHING, verbose_name=_("model"), related_name="+", db_index=False, db_constraint=False
    )
    as_of = models.DateTimeField(_("as of"))
    computed_at = models.DateTimeField(_("computed at"))
    currency = models.CharField(_("currency"), max_length=3)
    first_on = models.DateField(_("first order"))
    last_on = models.DateField(_("last order"))
    recency = models.PositiveIntegerField(_("days since the last order"))
    frequency = models.PositiveIntegerField(_("days with an order"))
    orders = models.PositiveIntegerField(_("orders with a value"), help_text=_("In this currency."))
    monetary = models.FloatField(_("mean order value"), null=True)
    recency_fifth = models.PositiveSmallIntegerField(_("fifth by recency"), null=True)
    frequency_fifth = models.PositiveSmallIntegerField(_("fifth by frequency"), null=True)
    monetary_fifth = models.PositiveSmallIntegerField(_("fifth by order value"), null=True)
    expected_orders = models.FloatField(_("orders expected in 12 months"), null=True)
    expected_value = models.FloatField(_("expected order value"), null=True)
    clv = models.FloatField(_("customer value"), null=True, help_text=_("Of the next 12 months."))
    clv_fifth = models.PositiveSmallIntegerField(_("fifth by customer value"), null=True)
    churn = models.FloatField(_("chance of churn"), null=True, help_text=_("Of no order in the next 90 days."))
    churn_reasons = models.JSONField(_("reasons of churn"), default=list)

    on_merge = {"customer": OnMerge.FORGET}

    objects = ScoreQuerySet["CustomerValue"].as_manager()

    class Meta:
        verbose_name = _("relationship value")
        verbose_name_plural = _("relationship values")
        ordering = ["-pk"]
        indexes = [
            # the grid, who is in one of its rows, and the list: most at stake first
            models.Index(fields=["clv_fifth", "churn"], name="customer_value_fifth"),
            # sorted by worth, and by danger
            models.Index(fields=["clv"], name="customer_value_clv"),
            models.Index(fields=["churn"], name="customer_value_churn"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(churn=None) | Q(churn__range=(0, 1)), name="customer_value_churn_chance"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clv:.2f} {self.currency}" if self.clv is not None else "–"
