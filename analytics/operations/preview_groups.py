"""The segments that a preview of a version looks at, and who of a chunk of customers is in them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from analytics.segments.membership import members_among
from analytics.sql.whose import Whose
from customers.models import Segment
from customers.segments.definition import SegmentInvalid
from customers.segments.facts import Catalogue

# So many of each direction are kept: whoever looks sees those of them that they may see.
MOST_MOVERS = 200
# So many shared segments are looked at, a query each for each chunk of customers.
MOST_SEGMENTS = 20


class Told(Protocol):
    """The figures of some customers."""

    def as_dict(self) -> dict[str, Any]:
        """As they are stored."""


Group = TypeVar("Group", bound=Told)


def shared_segments() -> list[Segment]:
    """The segments that are looked at: those that everybody shares."""
    return list(Segment.objects.filter(is_shared=True)[:MOST_SEGMENTS])


def is_member(
    segment: Segment, *, whose: Whose, customer_ids: NDArray[np.int64], at: datetime, catalogue: Catalogue
) -> NDArray[np.bool_]:
    """Which of these customers are in a segment; none where it cannot be asked any more."""
    try:
        members = members_among(definition=segment.definition, whose=whose, at=at, catalogue=catalogue)
    except SegmentInvalid:
        members = set()
    return np.isin(customer_ids, np.fromiter(members, dtype=np.int64, count=len(members)))


def told_by_segment(groups: Iterable[tuple[Segment, Group]]) -> list[dict[str, Any]]:
    """The figures of segments, as a preview keeps them."""
    return [{"segment": segment.pk, "name": segment.name, **group.as_dict()} for segment, group in groups]


def told_by_override(overrides: Iterable[Mapping[str, Any]], groups: Iterable[Group]) -> list[dict[str, Any]]:
    """The figures of the customers for whom each override counts."""
    return [
        {"segment": override["segment"], "name": override["name"], **group.as_dict()}
        for override, group in zip(overrides, groups, strict=True)
    ]
