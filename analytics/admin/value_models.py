"""Models of relationship value: their parameters, and how well they foretold days that they had not seen."""

import json
from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.admin.chart_options import COUNTS_OF_EACH, calibration_lines
from analytics.admin.value_display import money, percent
from analytics.models import ValueModel
from analytics.operations.value_words import FEATURES, problem_words
from customers.admin.base import ReadOnlyModelAdmin
from customers.admin.row_keys import is_key

BLUE, GREY = "#3c9aa6", "#9aa7ad"


@admin.register(ValueModel)
class ValueModelAdmin(ReadOnlyModelAdmin):
    """One a night; the newest is the one that values are by."""

    empty_hint = gettext_lazy(
        "A model is learned every night from orders. The command value_customers does it at once."
    )
    list_display = ["as_of", "customers", "orders_auc", "churn_auc", "finished_at"]
    fields = [("as_of", "logical_at"), ("started_at", "finished_at"), "customers"]
    change_form_outer_before_template = "admin/analytics/value/model.html"

    class Media:
        css = {"all": ["analytics/value.css"]}

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The model with its figures."""
        row = self.get_queryset(request).filter(pk=object_id).first() if is_key(object_id) else None
        more = model_context(row) if row else {}
        response: HttpResponse = super().change_view(request, object_id, form_url, {**more, **(extra_context or {})})
        return response

    @admin.display(description=gettext_lazy("ROC-AUC of expected orders"))
    def orders_auc(self, row: ValueModel) -> str:
        """On the days that were held out."""
        return _number(row.figures.get("orders", {}).get("holdout", {}).get("auc"), 3)

    @admin.display(description=gettext_lazy("ROC-AUC of churn"))
    def churn_auc(self, row: ValueModel) -> str:
        """On the days that were held out."""
        return _number(row.figures.get("churn", {}).get("auc"), 3)


def _number(value: float | None, decimals: int = 4) -> str:
    return "–" if value is None else str(number_format(round(value, decimals), decimals, force_grouping=True))


def model_context(row: ValueModel) -> dict[str, Any]:
    """What `admin/analytics/value/model.html` needs."""
    figures, parameters = row.figures, row.parameters
    return {
        "model": row,
        "every": figures.get("every", 1),
        "fitted_on": figures.get("customers", 0),
        "orders_part": _orders(figures.get("orders", {}), parameters.get("orders")),
        "values_part": _values(figures.get("values", {}), parameters.get("values", {})),
        "churn_part": _churn(figures.get("churn", {}), parameters.get("churn")),
    }


def _orders(figures: Mapping[str, Any], parameters: Mapping[str, float] | None) -> dict[str, Any]:
    if parameters is None:
        return {"problem": problem_words(figures)}
    held = figures.get("holdout", {})
    part = {
        "parameters": [(name, _number(parameters[key])) for name, key in _NAMES],
        "log_likelihood": _number(parameters["log_likelihood"], 1),
        "customers": figures["customers"],
        "triples": figures["triples"],
    }
    if "problem" in held or not held:
        return {**part, "holdout_problem": problem_words(held)}
    return {
        **part,
        "days": held["days"],
        "expected": _number(held["expected"], 0),
        "actual": _number(held["actual"], 0),
        "auc": _number(held["auc"], 3),
        "groups": [
            (_group(group), group["customers"], _number(group["expected"], 2), _number(group["actual"], 2))
            for group in held["groups"]
        ],
        "chart": _group_chart(held["groups"]),
        "options": json.dumps(COUNTS_OF_EACH),
    }


_NAMES = (("r", "r"), ("α", "alpha"), ("a", "a"), ("b", "b"))


def _group(group: Mapping[str, Any]) -> str:
    low, high = group["least"], group["most"]
    if high is None:
        return _("%(number)d and more") % {"number": low}
    return str(low) if low == high else f"{low}–{high}"


def _group_chart(groups: list[dict[str, Any]]) -> str:
    bars = [
        {"label": _("expected"), "data": [round(g["expected"], 3) for g in groups], "backgroundColor": GREY},
        {"label": _("came"), "data": [round(g["actual"], 3) for g in groups], "backgroundColor": BLUE},
    ]
    return json.dumps({"labels": [_group(group) for group in groups], "datasets": bars})


def _values(figures: Mapping[str, Any], parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "currency": currency,
            "problem": problem_words(found),
            "customers": found.get("customers", 0),
            "mean": money(found.get("mean"), currency),
            "parameters": [
                (name, _number(parameters[currency][key], 3)) for name, key in (("p", "p"), ("q", "q"), ("γ", "gamma"))
            ]
            if currency in parameters
            else [],
        }
        for currency, found in sorted(figures.items())
    ]


def _churn(figures: Mapping[str, Any], parameters: Mapping[str, Any] | None) -> dict[str, Any]:
    part: dict[str, Any] = {"problem": problem_words(figures)}
    if "auc" in figures:
        part |= {
            "auc": _number(figures["auc"], 3),
            "active_auc": _number(figures["active_auc"], 3),
            "active": figures["active"],
            "recency_auc": _number(figures["recency_auc"], 3),
            "trained_on": figures["trained_on"],
            "tested_on": figures["tested_on"],
            "left_share": percent(figures["left_share"], 1),
            "tenths": [
                (number, tenth["count"], percent(tenth["foretold"], 1), percent(tenth["observed"], 1))
                for number, tenth in enumerate(figures["tenths"], 1)
            ],
            "chart": _tenths_chart(figures["tenths"]),
            "options": json.dumps(calibration_lines(_("tenths of customers, the likeliest to stay first"))),
        }
    if parameters is not None:
        part["weights"] = [
            (FEATURES.get(name, name), _number(weight, 3))
            for name, weight in sorted(
                zip(parameters["features"], parameters["weights"], strict=True), key=lambda pair: -abs(pair[1])
            )
        ]
        part["intercept"] = _number(parameters["intercept"], 3)
    return part


def _tenths_chart(tenths: list[dict[str, float]]) -> str:
    lines = [
        {
            "label": _("foretold"),
            "data": [round(100 * row["foretold"], 2) for row in tenths],
            "borderColor": GREY,
            "backgroundColor": GREY,
            "borderDash": [4, 4],
        },
        {
            "label": _("observed"),
            "data": [round(100 * row["observed"], 2) for row in tenths],
            "borderColor": BLUE,
            "backgroundColor": BLUE,
            "pointRadius": 3,
        },
    ]
    return json.dumps({"labels": [str(number) for number in range(1, len(tenths) + 1)], "datasets": lines})
