"""Next best actions: the table of rules, and the log of what was offered, done and dismissed."""

from typing import Any, ClassVar

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import BooleanRadioFilter, ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.decorators import display

from analytics.admin.value_display import money, percent
from analytics.choices import DecisionKind
from analytics.models import ActionDecision, ActionRule
from customers.admin.base import CandidModelAdmin, ReadOnlyModelAdmin

TONES = {
    DecisionKind.SHOWN: "info",
    DecisionKind.HELD_OUT: "",
    DecisionKind.DONE: "success",
    DecisionKind.DISMISSED: "warning",
}


@admin.register(ActionRule)
class ActionRuleAdmin(CandidModelAdmin):
    """What may be done for whom. The nightly job offers each to whoever it is worth doing for."""

    empty_hint = gettext_lazy(
        "Write the first rule: for whom, what, by which channel, at what cost. From the next night on it is offered on "
        "the pages of customers, the one with the most worth first."
    )
    list_display = ["name", "channel", "cost_shown", "uplift_shown", "holdout", "is_active"]
    list_filter = [("is_active", BooleanRadioFilter), ("channel", ChoicesDropdownFilter)]
    search_fields = ["name"]
    autocomplete_fields = ["segment"]
    readonly_fields = ["measured_shown"]
    fieldsets = [
        (None, {"fields": ["name", "what", ("channel", "purpose"), "is_active"]}),
        (
            gettext_lazy("For whom"),
            {
                "fields": [
                    ("least_churn", "most_churn"),
                    ("least_score", "most_score"),
                    ("least_fifth", "quiet_days"),
                    "segment",
                ],
                "description": gettext_lazy("What is empty does not matter."),
            },
        ),
        (
            gettext_lazy("Worth"),
            {
                "fields": [("cost", "currency"), ("uplift", "holdout_share"), "measured_shown"],
                "description": gettext_lazy("Worth = chance of churn × customer value × uplift − cost."),
            },
        ),
    ]

    @admin.display(description=gettext_lazy("cost"), ordering="cost")
    def cost_shown(self, rule: ActionRule) -> str:
        """With its currency."""
        return money(float(rule.cost), rule.currency)

    @admin.display(description=gettext_lazy("uplift"))
    def uplift_shown(self, rule: ActionRule) -> str:
        """What counts now, and where it is from."""
        words = _("measured") if rule.is_measured else _("estimated")
        return f"{percent(rule.uplift_now, 1)} ({words})"

    @admin.display(description=gettext_lazy("hold-out"), ordering="holdout_share")
    def holdout(self, rule: ActionRule) -> str:
        """How many get nothing."""
        return percent(rule.holdout_share, 1)

    @admin.display(description=gettext_lazy("uplift, measured"))
    def measured_shown(self, rule: ActionRule) -> str:
        """Done against held out, with the interval."""
        found = rule.measured
        if not found:
            return _("Not yet: it takes 30 customers to whom it was done and 30 who were held out, 90 days after.")
        text = _(
            "%(value)s (95%%: %(low)s … %(high)s). Of %(done)d to whom it was done %(done_left)d left; of %(held_out)d "
            "who were held out %(held_out_left)d."
        )
        shown = {name: percent(found[name], 1) for name in ("value", "low", "high")}
        return text % {**found, **shown}


@admin.register(ActionDecision)
class ActionDecisionAdmin(ReadOnlyModelAdmin):
    """The log. It is written by the nightly job, and on the pages of customers."""

    empty_hint = gettext_lazy("Nothing was offered yet. Write a rule: the next night offers it.")
    list_display = ["at", "status", "who", "rule", "worth_shown", "reason", "by"]
    list_filter = [("kind", ChoicesDropdownFilter), ("rule", RelatedDropdownFilter)]
    list_select_related = ["customer", "rule", "by"]
    list_display_links: ClassVar[Any] = ["at"]
    fields = [("kind", "at"), ("customer", "rule"), "reason", "by", "working"]
    readonly_fields = ["working"]

    @display(description=gettext_lazy("decision"), ordering="kind", label=TONES)
    def status(self, row: ActionDecision) -> tuple[str, str]:
        """As a label."""
        return row.kind, row.get_kind_display()

    @admin.display(description=gettext_lazy("customer"))
    def who(self, row: ActionDecision) -> SafeString:
        """Leads to the working."""
        link = reverse("admin:customers_customer_value", args=[row.customer_id])
        return format_html('<a class="cd-link" href="{}">{}</a>', link, row.customer.name)

    @admin.display(description=gettext_lazy("worth"), ordering="worth")
    def worth_shown(self, row: ActionDecision) -> str:
        """With its currency."""
        return money(row.worth, row.currency)

    @admin.display(description=gettext_lazy("worth"))
    def working(self, row: ActionDecision) -> str:
        """The sum at that moment."""
        text = _("%(churn)s chance of churn × %(value)s customer value × %(uplift)s uplift − %(cost)s cost = %(worth)s")
        return text % {
            "churn": percent(row.churn, 1),
            "value": money(row.clv, row.currency),
            "uplift": percent(row.uplift, 1),
            "cost": money(row.cost, row.currency),
            "worth": money(row.worth, row.currency),
        }
