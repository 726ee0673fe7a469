from datetime import datetime

from django.utils.translation import gettext as _

from customers.models import Observation, User
from customers.operations.supersede_fact import BadDecision, supersede_fact


def exclude_fact(
    *, observation: Observation, reason: str, by: User, at: datetime, until: datetime | None = None
) -> Observation:
    """Leave a fact out of the score of its customer: spam, a wrong ticket. Returns the row that says so.

    `until`: from then on it counts again by itself; None: for good. Nothing is rewritten: a score that was stored
    before is replayed with the fact. A fact that is left out already is left out anew, with the new reason and term. A
    later correction of the same ticket, rating or order stays out, too (see observe).

    Raises BadDecision, FactIsPast and CustomerIsMerged."""
    if until is not None and until <= at:
        raise BadDecision("until", _("This is over already. Choose a later day, or none."))
    return supersede_fact(observation=observation, is_exclusion=True, until=until, reason=reason, by=by, at=at)
