"""Segments, drafts with overrides, and a population for the tests of versions."""

from datetime import datetime
from typing import Any

from analytics.models import ScoreModelVersion
from analytics.operations.draft_version import draft_version
from customers.models import Segment
from tests.cast import NOW

STRICT = {"quality": {"exponent": 2.0}}


def segment(name: str, fact: str, op: str, value: Any) -> Segment:
    """A shared segment with one condition."""
    definition = {
        "match": "all",
        "groups": [{"match": "all", "conditions": [{"fact": fact, "op": op, "value": value}]}],
    }
    return Segment.objects.create(name=name, definition=definition)


def british() -> Segment:
    """Those in Great Britain."""
    return segment("British", "country", "is", "GB")


def organisations() -> Segment:
    """Those that are organisations."""
    return segment("Organisations", "kind", "is", "organisation")


def draft(
    *segments: Segment, at: datetime = NOW, own: Any = STRICT, taken_from: Any = None, **more: Any
) -> ScoreModelVersion:
    """A draft, in which the customers of each segment have parameters of their own."""
    wanted: dict[str, Any] = {"parameters": {}, **more}
    overrides = [{"segment": row.pk, "parameters": own} for row in segments]
    return draft_version(
        model=ScoreModelVersion,
        overrides=overrides,
        segments=segments if taken_from is None else taken_from,
        at=at,
        **wanted,
    )
