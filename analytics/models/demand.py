from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from analytics.choices import ForecastKind, MarketEventKind, MarketIndexKind, RunState, Tier
from analytics.querysets import ForecastQuerySet
from customers.models import Segment, Versioned
from customers.querysets import OpenCatalogueQuerySet


class MarketEvent(Versioned):
    """Something known that moves demand for some days. Without product and category it concerns all of them."""

    kind = models.CharField(_("kind"), max_length=9, choices=MarketEventKind)
    name = models.CharField(_("name"), max_length=100)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    product = models.ForeignKey(
        "customers.Product", models.CASCADE, verbose_name=_("product"), null=True, blank=True, related_name="+"
    )
    category = models.ForeignKey(
        "customers.Category", models.CASCADE, verbose_name=_("category"), null=True, blank=True, related_name="+"
    )
    discount = models.DecimalField(
        _("discount, per cent"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(95))],
        help_text=_("Of a promotion: the price in the days to come is reckoned with so much less."),
    )

    objects = OpenCatalogueQuerySet["MarketEvent"].as_manager()

    class Meta:
        verbose_name = _("market event")
        verbose_name_plural = _("market events")
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="market_event_ends_after_start"),
            models.CheckConstraint(condition=Q(product=None) | Q(category=None), name="market_event_of_one_thing"),
        ]
        indexes = [
            # what lies in the time of a forecast
            models.Index(fields=["starts_on"], name="market_event_starts"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse what says nothing."""
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": _("The last day is not before the first.")})
        if self.product_id and self.category_id:
            raise ValidationError({"category": _("Choose a product or a category, not both.")})
        if self.kind == MarketEventKind.STOCK_OUT and not (self.product_id or self.category_id):
            raise ValidationError({"product": _("Say what was out of stock: a product or a category.")})
        if self.discount is not None and self.kind != MarketEventKind.PROMOTION:
            raise ValidationError({"discount": _("Only a promotion has a discount.")})


class MarketIndex(Versioned):
    """How the market stood from a day on, until the next value; 100 is usual. Two values of one week are averaged."""

    kind = models.CharField(_("kind"), max_length=10, choices=MarketIndexKind)
    on = models.DateField(_("from"))
    value = models.DecimalField(
        _("value"),
        max_digits=12,
        decimal_places=4,
        validators=[MinValueValidator(Decimal("0.0001"))],
        help_text=_("100 is usual. Of competitors: their price, where 100 is your reference."),
    )
    category = models.ForeignKey(
        "customers.Category",
        models.CASCADE,
        verbose_name=_("category"),
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Empty: all categories that have no index of their own."),
    )

    objects = OpenCatalogueQuerySet["MarketIndex"].as_manager()

    class Meta:
        verbose_name = _("market index")
        verbose_name_plural = _("market indexes")
        ordering = ["-on", "-id"]
        constraints = [models.CheckConstraint(condition=Q(value__gt=0), name="market_index_above_zero")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on:%Y-%m-%d}"


class ForecastRun(models.Model):
    """One night's forecasts. That `key` is unique is the lock that lets a night be made once.

    `figures`: by kind what came of it and what was left out; see operations.forecast_demand. A kind that is in it is
    done: a run that was interrupted goes on after it."""

    key = models.CharField(max_length=40, null=True, unique=True, editable=False)
    as_of = models.DateTimeField(_("as of"))
    is_replay = models.BooleanField(_("as of an earlier date"), default=False)
    state = models.CharField(_("state"), max_length=8, choices=RunState, default=RunState.RUNNING)
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True)
    groups = models.PositiveIntegerField(_("groups"), default=0)
    left_out = models.PositiveIntegerField(_("left out"), default=0)
    figures = models.JSONField(_("figures"), default=dict)

    objects = OpenCatalogueQuerySet["ForecastRun"].as_manager()

    class Meta:
        verbose_name = _("forecast run")
        verbose_name_plural = _("forecast runs")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.as_of:%Y-%m-%d}"


class Forecast(models.Model):
    """What is expected of one group: a product or category (of all customers or of a segment) by week, or the tickets
    of a queue by day.

    `history`: by step from `history_from` on; null: not counted, out of stock. `steps`: [first day, expected, low 95,
    low 80, high 80, high 95]. `drivers`: what the regression learned; see operations.forecast_rows."""

    run = models.ForeignKey(ForecastRun, models.CASCADE, verbose_name=_("run"), related_name="forecasts")
    kind = models.CharField(_("kind"), max_length=8, choices=ForecastKind)
    product = models.ForeignKey(
        "customers.Product", models.CASCADE, verbose_name=_("product"), null=True, related_name="+"
    )
    category = models.ForeignKey(
        "customers.Category", models.CASCADE, verbose_name=_("category"), null=True, related_name="+"
    )
    segment = models.ForeignKey(Segment, models.CASCADE, verbose_name=_("segment"), null=True, related_name="+")
    queue = models.ForeignKey("services.Queue", models.CASCADE, verbose_name=_("queue"), null=True, related_name="+")
    tier = models.CharField(_("model"), max_length=9, choices=Tier)
    wape = models.FloatField(_("past error"), null=True, help_text=_("WAPE of the model that won, over all cut-offs."))
    naive_wape = models.FloatField(_("past error of seasonal naive"), null=True)
    next_4 = models.FloatField(_("next 4 weeks"), null=True)
    next_13 = models.FloatField(_("next 13 weeks"), null=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    history_from = models.DateField(_("history from"))
    history = models.JSONField(_("history"))
    steps = models.JSONField(_("steps"))
    drivers = models.JSONField(_("drivers"), default=dict)

    objects = ForecastQuerySet["Forecast"].as_manager()

    class Meta:
        verbose_name = _("demand forecast")
        verbose_name_plural = _("demand forecasts")
        ordering = ["-id"]
        indexes = [
            # the list of the newest run, and of one kind
            models.Index(fields=["run", "kind"], name="forecast_of_run"),
        ]

    def __str__(self) -> str:
        thing = str(self.product or self.category or self.queue or "–")
        return f"{thing} · {self.segment}" if self.segment_id else thing

    @property
    def days(self) -> int:
        """How long a step is."""
        return 1 if self.kind == ForecastKind.TICKETS else 7


class BackTest(models.Model):
    """How one model foretold a group at one cut-off."""

    forecast = models.ForeignKey(Forecast, models.CASCADE, verbose_name=_("forecast"), related_name="back_tests")
    tier = models.CharField(_("model"), max_length=9, choices=Tier)
    origin = models.DateField(_("cut-off"), help_text=_("Nothing from this day on was known."))
    error = models.FloatField(_("sum of errors"))
    demand = models.FloatField(_("demand"))
    wape = models.FloatField(_("WAPE"), null=True)
    mase = models.FloatField(_("MASE"), null=True)
    pinball_10 = models.FloatField(_("pinball .1"))
    pinball_50 = models.FloatField(_("pinball .5"))
    pinball_90 = models.FloatField(_("pinball .9"))
    covered_80 = models.FloatField(_("inside 80 %"))
    covered_95 = models.FloatField(_("inside 95 %"))
    is_winner = models.BooleanField(_("won"), default=False)

    objects = OpenCatalogueQuerySet["BackTest"].as_manager()

    class Meta:
        verbose_name = _("back-test")
        verbose_name_plural = _("back-tests")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.get_tier_display()} {self.origin:%Y-%m-%d}"
