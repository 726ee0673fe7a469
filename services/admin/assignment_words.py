"""A decision of the assignment rules as people read it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from services.assignment import AWAY, FULL, HAS_IT, INACTIVE, LOAD, SKILLS, TURN
from services.choices import AssignmentMethod
from services.models import AssignmentRule

# Why the rules were asked, by the code that stands in the history.
REASONS = {
    "waiting": gettext_lazy("It had waited for somebody to become free."),
    "reopened": gettext_lazy("Work on it goes on, and who had it is away."),
    "given_back": gettext_lazy("Who had it gave it back to the rules."),
    "escalated": gettext_lazy("It was escalated."),
    "asked": gettext_lazy("A colleague asked the rules to decide."),
}
CONDITIONS = {
    "queue": gettext_lazy("another queue"),
    "service_type": gettext_lazy("another service type"),
    "priority": gettext_lazy("another priority"),
    "channel": gettext_lazy("another channel"),
    "segment": gettext_lazy("the customer is not in the segment"),
}


def headline(data: Mapping[str, Any]) -> str:
    """One line: who got it, by which rule."""
    rule = {"rule": data.get("rule_name"), "agent": data.get("name")}
    if data.get("found"):
        return _("Assigned to %(agent)s by the rule “%(rule)s”") % rule
    if data.get("to"):
        return _("Nobody else found by the rules: it stays with %(agent)s") % rule
    if data.get("rule") is None:
        return _("No assignment rule is met: nobody has it")
    return _("Nobody found by the rule “%(rule)s”") % rule


def explanation(data: Mapping[str, Any]) -> tuple[str, ...]:
    """The rest, a line each: how the rule chooses, why it was asked, and why each of the others was passed over."""
    lines = []
    method = dict(AssignmentMethod.choices).get(data.get("method", ""))
    if method:
        lines.append(_("Method: %(method)s.") % {"method": method})
    reason = data.get("reason")
    if reason:
        lines.append(_reason(reason))
    lines += [
        _("%(agent)s: %(why)s") % {"agent": one.get("name", ""), "why": why(one)} for one in data.get("considered", ())
    ]
    more = data.get("more", 0)
    if more:
        lines.append(ngettext("And %(count)d more.", "And %(count)d more.", more) % {"count": more})
    return tuple(lines)


def _reason(code: str) -> str:
    kind, _colon, name = code.partition(":")
    if kind == "rule":
        return _("The rule “%(rule)s” asked for it.") % {"rule": name}
    return str(REASONS.get(code, code))


def why(considered: Mapping[str, Any]) -> str:
    """Why one agent was passed over."""
    say = WHYS.get(considered.get("why", ""))
    return say(considered) if say else str(considered.get("why", ""))


def conditions(rule: AssignmentRule) -> list[str]:
    """Which tickets a rule is for: nothing is every ticket."""
    met = [str(one) for one in (rule.queue, rule.service_type, rule.segment) if one is not None]
    if rule.priority:
        met.append(_("priority %(priority)s") % {"priority": rule.get_priority_display()})
    if rule.channel:
        met.append(str(rule.get_channel_display()))
    return met


def _away(one: Mapping[str, Any]) -> str:
    until = one.get("until")
    return _("away until %(time)s") % {"time": _moment(until)} if until else _("away")


def _skills(one: Mapping[str, Any]) -> str:
    return _("lacks: %(skills)s") % {"skills": _(", ").join(one.get("missing", ()))}


def _full(one: Mapping[str, Any]) -> str:
    return _("has no room: %(load)s of %(capacity)s tickets") % one


def _load(one: Mapping[str, Any]) -> str:
    return _("is busier: %(load)s of %(capacity)s tickets") % one


def _turn(one: Mapping[str, Any]) -> str:
    last = one.get("last")
    return _("had a turn later: %(time)s") % {"time": _moment(last)} if last else _("comes after in turn")


def _moment(text: str) -> str:
    return str(date_format(timezone.localtime(datetime.fromisoformat(text)), "SHORT_DATETIME_FORMAT"))


WHYS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    INACTIVE: lambda one: _("takes no tickets"),
    HAS_IT: lambda one: _("has it, and it is to go to somebody else"),
    AWAY: _away,
    SKILLS: _skills,
    FULL: _full,
    LOAD: _load,
    TURN: _turn,
}
