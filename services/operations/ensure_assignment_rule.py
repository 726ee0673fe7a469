from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from services.models import Agent, AssignmentRule, Skill
from services.operations.write_with_sets import write_with_sets


@transaction.atomic
def ensure_assignment_rule(
    *, name: str, at: datetime, agents: Iterable[Agent] = (), skills: Iterable[Skill] = (), **columns: Any
) -> AssignmentRule:
    """The assignment rule of this name; made where it is missing, left as staff set it where it is here.

    Raises ValidationError for what no rule can be."""
    row = AssignmentRule.objects.filter(name=name).first()
    if row is not None:
        return row
    changes = {"name": name, "agents": list(agents), "skills": list(skills), **columns}
    return write_with_sets(row=AssignmentRule(), changes=changes, at=at)
