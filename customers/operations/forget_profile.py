from collections.abc import Sequence

from django.db import transaction

from customers.operations.rows_about import rows_about
from customers.registry import register_entries
from customers.registry.terms import Purpose, Retention


@transaction.atomic
def forget_profile(*, customer_ids: Sequence[int], with_history: bool) -> int:
    """Delete what was computed of these customers: score, preferences, effects and risks of relations; with the history
    of their scores, and what they did, if it is asked for. Returns how many rows. Which these are the register of
    personal data says, since they belong to higher rooms."""
    wanted = {Retention.NIGHT, Retention.SNAPSHOTS, Retention.EVENTS} if with_history else {Retention.NIGHT}
    deleted = 0
    for entry in register_entries():
        if entry.purpose == Purpose.PROFILE and entry.retention in wanted and entry.about:
            deleted += rows_about(entry, customer_ids).delete()[0]
    return deleted
