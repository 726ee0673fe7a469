from datetime import date, datetime

from customers.models import Relation
from customers.operations.revise_relation import revise_relation


def end_relation(*, relation: Relation, until: date, at: datetime, expected_version: int | None = None) -> Relation:
    """Say that a relation holds until a day, that day included.

    Raises StaleVersion, RelationRefused, AlreadyRelated."""
    return revise_relation(relation=relation, changes={"until": until}, at=at, expected_version=expected_version)
