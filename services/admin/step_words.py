"""What the history tells of escalation steps, in words."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from services.admin.clock_faces import duration
from services.choices import EscalationAction, SLAClock
from services.operations.rule_actions import AGENT_AWAY, HAS_IT, IS_URGENT, NOBODY

OUTCOMES = {
    AGENT_AWAY: gettext_lazy("whoever was to have it takes no tickets at present"),
    HAS_IT: gettext_lazy("whoever was to have it has it already"),
    IS_URGENT: gettext_lazy("it is urgent already"),
    NOBODY: gettext_lazy("nobody is there to be told"),
}
ACTIONS = {
    EscalationAction.NOTIFY: gettext_lazy("told"),
    EscalationAction.REASSIGN: gettext_lazy("reassigned"),
    EscalationAction.RAISE_PRIORITY: gettext_lazy("priority raised"),
}


def step_words(data: dict[str, Any]) -> str:
    """“First reply, 30 min before it is due: told”, or why nothing came of it."""
    clocks = {str(code): label for code, label in SLAClock.choices}
    minutes = int(data.get("minutes", 0))
    given = {"time": duration(60 * abs(minutes)), "clock": clocks.get(str(data.get("clock", "")), "")}
    if minutes < 0:
        when = _("%(clock)s, %(time)s before it is due")
    elif minutes > 0:
        when = _("%(clock)s, %(time)s late")
    else:
        when = _("%(clock)s, as it became due")
    action = str(data.get("action", ""))
    done = ACTIONS[EscalationAction(action)] if action in EscalationAction.values else action
    outcome = OUTCOMES.get(str(data.get("outcome", "")))
    return f"{when % given}: {outcome or done}"
