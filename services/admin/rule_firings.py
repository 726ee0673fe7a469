"""The log of what rules did."""

from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, FieldTextFilter, RangeDateTimeFilter

from customers.admin.base import ReadOnlyModelAdmin
from customers.admin.filters import VisibleRelatedFilter
from services.admin.rule_words import Words, action_label, outcome_words
from services.choices import RuleOutcome
from services.models import RuleFiring
from services.operations.rule_fields import all_fields

TONES = {
    RuleOutcome.DONE: "cd-chip--good",
    RuleOutcome.PARTLY: "cd-chip--warn",
    RuleOutcome.FAILED: "cd-chip--bad",
    RuleOutcome.STOPPED: "cd-chip--bad",
}


def outcome_chip(firing: RuleFiring) -> SafeString:
    """The outcome, coloured."""
    tone = TONES.get(RuleOutcome(firing.outcome), "")
    return format_html('<span class="cd-chip {}">{}</span>', tone, firing.get_outcome_display())


def done_lines(firing: RuleFiring) -> SafeString:
    """What came of each action, a line each."""
    lines = [
        (action_label(one.get("action")), outcome_words(one.get("outcome", ""), one.get("error", "")))
        for one in firing.actions
    ]
    if not lines:
        return format_html('<span class="cd-muted">{}</span>', firing.error or "–")
    return format_html(
        '<span class="rule-dids">{}</span>', format_html_join("", '<span class="rule-did">{}: {}</span>', lines)
    )


@admin.register(RuleFiring)
class RuleFiringAdmin(ReadOnlyModelAdmin):
    """Firings, newest first: of the tickets that the user sees."""

    list_display = ["at", "of_rule", "of_ticket", "because", "result", "did"]
    list_display_links = ["at"]
    list_select_related = ["ticket", "event"]
    list_filter = [
        ("rule", VisibleRelatedFilter),
        ("outcome", ChoicesDropdownFilter),
        ("at", RangeDateTimeFilter),
        ("ticket__number", FieldTextFilter),
    ]
    empty_hint = _("Whenever a rule applies to a ticket, it is written down here: why, and what came of it.")
    fields = [("rule_name", "of_ticket"), ("at", "because", "since"), ("result", "error"), "met", "did"]
    readonly_fields = ["of_ticket", "because", "result", "met", "did"]

    class Media:
        css = {"all": ["services/rules.css"]}

    @admin.display(description=_("rule"), ordering="rule_name")
    def of_rule(self, firing: RuleFiring) -> str:
        """The rule, which may be gone."""
        if firing.rule_id is None:
            return firing.rule_name
        link = reverse("admin:services_rule_change", args=[firing.rule_id])
        return format_html('<a class="cd-link" href="{}">{}</a>', link, firing.rule_name)

    @admin.display(description=_("ticket"), ordering="ticket")
    def of_ticket(self, firing: RuleFiring) -> SafeString:
        """The ticket, by a link."""
        link = reverse("admin:services_ticket_change", args=[firing.ticket_id])
        return format_html('<a class="cd-link" href="{}">{}</a>', link, firing.ticket.number)

    @admin.display(description=_("because of"))
    def because(self, firing: RuleFiring) -> Any:
        """The event, or that time has passed."""
        return firing.event.get_kind_display() if firing.event else _("Time has passed")

    @admin.display(description=_("outcome"), ordering="outcome")
    def result(self, firing: RuleFiring) -> SafeString:
        """The outcome, coloured."""
        return outcome_chip(firing)

    @admin.display(description=_("actions"))
    def did(self, firing: RuleFiring) -> SafeString:
        """What came of each action."""
        return done_lines(firing)

    @admin.display(description=_("what was met"))
    def met(self, firing: RuleFiring) -> Any:
        """The conditions, as the rule had them then."""
        parts = Words(all_fields()).conditions(firing.matched)
        lines = [(line,) for _heading, lines in parts for line in lines]
        return format_html_join("", '<span class="rule-did">{}</span>', lines) or _("Every ticket")
