from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import User
from customers.operations.add_row import add_row
from customers.operations.revise_row import revise_row
from services.choices import RULE_EVENTS, RuleAnchor, RuleTrigger
from services.models import Rule
from services.operations.rule_actions import read_actions, require_in_sight
from services.operations.rule_conditions import RuleInvalid, read_conditions
from services.operations.rule_fields import all_fields
from services.operations.rule_times import DUE

# What a rule is made of, beside its name, position and switch.
WHEN = ("trigger", "events", "anchor", "minutes", "in_business_time")


@transaction.atomic
def write_rule(
    *,
    rule: Rule,
    changes: dict[str, Any],
    at: datetime,
    by: User | None = None,
    expected_version: int | None = None,
) -> Rule:
    """Save a new rule, or change one; what it asks for and does is checked as a whole, but for a rule that is only
    switched off, renamed or moved. `by`: whoever writes it must see what it newly names.

    Raises StaleVersion, ValidationError (also for what conditions and actions name that is gone)."""
    if rule._state.adding:
        for name, value in changes.items():
            setattr(rule, name, value)
        check_rule(rule, by=by)
        return add_row(row=rule, at=at)
    rule.refresh_from_db(from_queryset=Rule.objects.select_for_update())
    rule.require_version(expected_version)
    before = {name: getattr(rule, name) for name in (*WHEN, "conditions", "actions", "is_active")}
    for name, value in changes.items():
        setattr(rule, name, value)
    is_other = any(getattr(rule, name) != value for name, value in before.items() if name != "is_active")
    if is_other or (rule.is_active and not before["is_active"]):
        check_rule(rule, by=by, before=before["actions"])
    changes = {name: getattr(rule, name) for name in {*changes, *(WHEN if is_other else ())}}
    rule.refresh_from_db()
    return revise_row(row=rule, changes=changes, expected_version=expected_version, at=at)


def check_rule(rule: Rule, *, by: User | None = None, before: Any = ()) -> None:
    """Bring a rule into the form in which it is stored: of event and time, what it is not about is emptied. `before`:
    its actions until now. Raises ValidationError by field."""
    problems: dict[str, list[str]] = {}
    if rule.trigger == RuleTrigger.TIME:
        rule.events = []
        problems |= _check_time(rule)
    else:
        rule.anchor, rule.minutes, rule.in_business_time = "", 0, True
        problems |= _check_events(rule)
    try:
        rule.conditions = read_conditions(
            {} if rule.conditions is None else rule.conditions, fields=all_fields()
        ).as_json()
    except RuleInvalid as error:
        problems["conditions"] = error.sentences()
    try:
        rule.actions = read_actions(rule.actions)
        if by is not None:
            require_in_sight(rule.actions, before=before, by=by)
    except RuleInvalid as error:
        problems["actions"] = error.sentences()
    if problems:
        raise ValidationError(problems)


def _check_events(rule: Rule) -> dict[str, list[str]]:
    known = {str(kind) for kind in RULE_EVENTS}
    given = rule.events
    if not isinstance(given, list) or not given or any(not isinstance(one, str) or one not in known for one in given):
        return {"events": [_("Choose one event or more.")]}
    rule.events = [str(kind) for kind in RULE_EVENTS if kind in given]
    return {}


def _check_time(rule: Rule) -> dict[str, list[str]]:
    if rule.anchor not in RuleAnchor.values:
        return {"anchor": [_("Choose from when the time counts.")]}
    if rule.minutes < 0 and rule.anchor not in DUE:
        return {"minutes": [_("Before that moment nobody knows that it will come: only due times have a before.")]}
    return {}
