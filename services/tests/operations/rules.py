"""Rules for tests: short to write, and stored as the operation stores them."""

from typing import Any

from services.models import Rule, RuleFiring, Ticket
from services.operations.write_rule import write_rule
from tests.cast import NOW

URGENT = {"action": "set_priority", "priority": 4}


def when(
    *events: str, then: dict[str, Any] | list[dict[str, Any]] = URGENT, where: Any = (), name: str = "", **more: Any
) -> Rule:
    """An active rule on events, with conditions that all must be met: (field, op, value)."""
    return _write(name, then, where, {"trigger": "event", "events": list(events), **more})


def minutes_after(
    anchor: str,
    minutes: int,
    *,
    then: dict[str, Any] | list[dict[str, Any]] = URGENT,
    where: Any = (),
    name: str = "",
    **more: Any,
) -> Rule:
    """An active rule on time, in time around the clock unless said otherwise."""
    given = {"trigger": "time", "anchor": anchor, "minutes": minutes, "in_business_time": False, **more}
    return _write(name, then, where, given)


def _write(name: str, then: Any, where: Any, given: dict[str, Any]) -> Rule:
    number = Rule.objects.count() + 1
    asked = [{"field": one[0], "op": one[1], **({"value": one[2]} if len(one) > 2 else {})} for one in where]
    changes = {
        "name": name or f"Rule {number}",
        "position": number,
        "is_active": True,
        "conditions": {"all": asked, "any": []},
        "actions": then if isinstance(then, list) else [then],
        **given,
    }
    return write_rule(rule=Rule(), changes=changes, at=NOW)


def firings(ticket: Ticket) -> list[tuple[str, str]]:
    """Which rules applied to a ticket, in order, and what came of it."""
    return list(RuleFiring.objects.filter(ticket=ticket).order_by("pk").values_list("rule_name", "outcome"))


def outcomes(firing: RuleFiring) -> list[str]:
    """What came of each of its actions."""
    return [one["outcome"] for one in firing.actions]
