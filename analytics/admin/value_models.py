"""Models of relationship value: their parameters, and how well they foretold days that they had not seen."""

import json
from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.admin.behaviour_people import page_of
from analytics.admin.chart_options import BLUE, COUNTS_OF_EACH, GREY, calibration_data, calibration_lines
from analytics.admin.value_display import money, percent
from analytics.behaviour.events import NoSuchCell
from analytics.models import ValueModel
from analytics.operations.fit_value import GROUPS
from analytics.operations.people_behind_value import NobodyBehind, people_behind_value
from analytics.operations.value_words import FEATURES, problem_words
from customers.admin.base import ReadOnlyModelAdmin
from customers.admin.row_keys import is_key

TO_SEE_PEOPLE = ("customers.view_customer", "analytics.view_customervalue")


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
        js = ["analytics/chart-links.js"]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The model with its figures."""
        row = self.get_queryset(request).filter(pk=object_id).first() if is_key(object_id) else None
        more = model_context(row, address=self._address(request, row)) if row else {}
        response: HttpResponse = super().change_view(request, object_id, form_url, {**more, **(extra_context or {})})
        return response

    def get_urls(self) -> list[URLPattern]:
        """The customers behind the charts have an address of their own."""
        people = self.admin_site.admin_view(self.people)
        return [path("<int:pk>/people/", people, name="analytics_valuemodel_people"), *super().get_urls()]

    def people(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The customers behind a bar or a point of a chart."""
        if not all(request.user.has_perm(name) for name in ("analytics.view_valuemodel", *TO_SEE_PEOPLE)):
            raise PermissionDenied
        row = get_object_or_404(self.get_queryset(request), pk=pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Customers behind the number"),
            "back": (reverse("admin:analytics_valuemodel_change", args=[pk]), str(row)),
            **_people(row, request),
        }
        return TemplateResponse(request, "admin/analytics/behaviour/people.html", context)

    def _address(self, request: HttpRequest, row: ValueModel | None) -> str:
        may_open = row is not None and all(request.user.has_perm(name) for name in TO_SEE_PEOPLE)
        return reverse("admin:analytics_valuemodel_people", args=[row.pk]) if row and may_open else ""

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


def _people(row: ValueModel, request: HttpRequest) -> dict[str, Any]:
    """What `people.html` needs. Raises Http404 where no chart has such a number."""
    cell, user = request.GET.get("cell", ""), request.user
    try:
        behind = people_behind_value(model=row, cell=cell, user=user)  # type: ignore[arg-type]
    except NoSuchCell:
        raise Http404(_("The report has no such number.")) from None
    except NobodyBehind as error:
        return {"failed": str(error)}
    note = _("Found anew from the orders as they stand now: %(number)d in all. Listed are those that are yours to see.")
    return {"question": note % {"number": behind.all}, **page_of(behind.customers, request.GET, user=user)}


def model_context(row: ValueModel, *, address: str = "") -> dict[str, Any]:
    """What `admin/analytics/value/model.html` needs. address: of the customers behind numbers; empty: there is none."""
    figures, parameters = row.figures, row.parameters
    return {
        "model": row,
        "every": figures.get("every", 1),
        "fitted_on": figures.get("customers", 0),
        "orders_part": _orders(figures.get("orders", {}), parameters.get("orders"), address),
        "values_part": _values(figures.get("values", {}), parameters.get("values", {})),
        "churn_part": _churn(figures.get("churn", {}), parameters.get("churn"), address),
    }


def _link(address: str, kind: str, number: int) -> str:
    return f"{address}?cell={kind}:{number}" if address else ""


def _orders(figures: Mapping[str, Any], parameters: Mapping[str, float] | None, address: str) -> dict[str, Any]:
    if parameters is None:
        return {"problem": problem_words(figures)}
    held = figures.get("holdout", {})
    # Of the groups those without anybody are left out.
    links = [_link(address, "orders", 1 + GROUPS.index(group["least"])) for group in held.get("groups", ())]
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
            (_group(group), group["customers"], _number(group["expected"], 2), _number(group["actual"], 2), link)
            for group, link in zip(held["groups"], links, strict=True)
        ],
        "chart": _group_chart(held["groups"]),
        "links": json.dumps(links),
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


def _churn(figures: Mapping[str, Any], parameters: Mapping[str, Any] | None, address: str) -> dict[str, Any]:
    part: dict[str, Any] = {"problem": problem_words(figures)}
    if "auc" in figures:
        links = [_link(address, "churn", number) for number in range(1, len(figures["tenths"]) + 1)]
        part |= {
            "auc": _number(figures["auc"], 3),
            "active_auc": _number(figures["active_auc"], 3),
            "active": figures["active"],
            "recency_auc": _number(figures["recency_auc"], 3),
            "trained_on": figures["trained_on"],
            "tested_on": figures["tested_on"],
            "left_share": percent(figures["left_share"], 1),
            "tenths": [
                (number, tenth["count"], percent(tenth["foretold"], 1), percent(tenth["observed"], 1), link)
                for number, (tenth, link) in enumerate(zip(figures["tenths"], links, strict=True), 1)
            ],
            "links": json.dumps(links),
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
    return json.dumps(calibration_data([row["foretold"] for row in tenths], [row["observed"] for row in tenths]))
