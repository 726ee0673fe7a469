"""“What would it have done?”: a rule as it stands in the form, asked about the past. Writes nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from services.admin.rule_words import FORESEEN, Words
from services.models import Rule, Ticket
from services.operations.rule_conditions import RuleInvalid
from services.operations.rule_fields import all_fields
from services.operations.try_rule import MOST_SCANNED, MOST_SHOWN, Trial, try_rule

TEMPLATE = "admin/services/rule/trial.html"
DAYS = 30


@dataclass(frozen=True, slots=True)
class Line:
    """One ticket that the rule would apply to."""

    ticket: Ticket
    at: datetime
    event: str
    does: tuple[str, ...]


def try_page(model_admin: Any, request: HttpRequest, *, at: datetime) -> HttpResponse:
    """The panel below the form: how many past events or tickets the rule is for, the first of them, and what its
    actions would come to."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not model_admin.has_view_permission(request) or not request.user.has_perm("services.view_ticket"):
        raise PermissionDenied
    form = model_admin.get_form(request, None)(request.POST)
    form.is_valid()
    problems = {name: texts for name, texts in form.errors.items() if name not in ("name", "seen_version")}
    if problems:
        texts = [text for texts in problems.values() for text in texts]
        return TemplateResponse(request, TEMPLATE, {"problems": texts})
    return TemplateResponse(request, TEMPLATE, trial_context(form.draft(), request, _days(request), at=at))


def trial_context(rule: Rule, request: HttpRequest, days: int, *, at: datetime) -> dict[str, Any]:
    """A trial as its template has it."""
    user: Any = request.user
    try:
        trial = try_rule(rule=rule, user=user, days=days, at=at)
    except RuleInvalid as error:
        return {"problems": error.sentences()}
    return {
        "trial": trial,
        "tickets": len(trial.tickets),
        "lines": _lines(trial),
        "most_scanned": MOST_SCANNED,
        "most_shown": MOST_SHOWN,
    }


def _lines(trial: Trial) -> list[Line]:
    words = Words(all_fields() if trial.shown else {})
    return [
        Line(
            one.ticket,
            one.at,
            str(one.event.get_kind_display()) if one.event else _("Time has passed"),
            tuple(f"{words.action(action)}: {FORESEEN.get(outcome, outcome)}" for action, outcome in one.actions),
        )
        for one in trial.shown
    ]


def _days(request: HttpRequest) -> int:
    text = request.POST.get("days", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else DAYS
