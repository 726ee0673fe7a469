from datetime import datetime
from typing import TypeVar

from django.db import transaction
from django.db.models import F

from services.models import AssignmentRule, Rule

STEP = 10

Kind = TypeVar("Kind", AssignmentRule, Rule)


@transaction.atomic
def move_rule(*, rule: Kind, up: bool, at: datetime) -> Kind:
    """Have a rule tried one place earlier or later, and number all anew in steps of ten, where that changes anything.
    The first stays first, and the last last."""
    everyone = type(rule)._base_manager
    rules = list(everyone.select_for_update().order_by("pk"))
    rules.sort(key=lambda one: (one.position, one.pk))
    place = [one.pk for one in rules].index(rule.pk)
    other = place - 1 if up else place + 1
    if 0 <= other < len(rules):
        rules[place], rules[other] = rules[other], rules[place]
        for number, one in enumerate(rules, start=1):
            if one.position != number * STEP:
                everyone.filter(pk=one.pk).update(position=number * STEP, version=F("version") + 1)
    rule.refresh_from_db()
    return rule
