from datetime import datetime

from customers.models import Observation, User
from customers.operations.supersede_fact import FactIsPast, supersede_fact


def readmit_fact(*, observation: Observation, reason: str, by: User, at: datetime) -> Observation:
    """Take back that a fact was left out: it counts again, as it did before. Returns the row that says so.

    Raises BadDecision, FactIsPast (also where it is not left out) and CustomerIsMerged."""
    if not observation.is_exclusion:
        raise FactIsPast
    return supersede_fact(observation=observation, is_exclusion=False, until=None, reason=reason, by=by, at=at)
