"""Segments, and drafts with overrides, for the tests of versions."""

from datetime import datetime
from typing import Any

from analytics.models import ScoreModelVersion
from analytics.operations.draft_version import draft_version
from customers.models import Segment
from customers.tests.segments.asking import all_of, asks
from tests.cast import NOW

STRICT = {"quality": {"exponent": 2.0}}


def segment(name: str, fact: str, op: str, value: Any) -> Segment:
    """A shared segment with one condition."""
    return Segment.objects.create(name=name, definition=all_of(asks(fact, op, value)))


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
    known = segments if taken_from is None else taken_from
    return draft_version(model=ScoreModelVersion, overrides=overrides, segments=known, at=at, **wanted)
