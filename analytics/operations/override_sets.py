import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.models import ScoreModelVersion
from analytics.segments.membership import members_among
from analytics.sql.arrays import Array
from analytics.sql.whose import Whose
from customers.segments.definition import SegmentInvalid
from customers.segments.facts import Catalogue

logger = logging.getLogger(__name__)


def override_sets(
    *, version: ScoreModelVersion, whose: Whose, customer_ids: Array | Sequence[int], at: datetime
) -> NDArray[np.int64]:
    """By position, which parameters of a version are whose: 0 those for everybody, n those of its n-th override, the
    first one that the customer is in. A query for each override and one or two more, none
    without any.

    An override that asks for what there is no more has nobody in it, and everybody is scored all the same; that is
    logged, and its page says so."""
    return sets_among(overrides=version.overrides, whose=whose, customer_ids=customer_ids, at=at)


def sets_among(
    *, overrides: Sequence[Mapping[str, Any]], whose: Whose, customer_ids: Array | Sequence[int], at: datetime
) -> NDArray[np.int64]:
    """The same of overrides that may not be saved yet."""
    sets = np.zeros(len(customer_ids), dtype=np.int64)
    if not overrides:
        return sets
    ids = np.asarray(customer_ids, dtype=np.int64)
    catalogue = Catalogue(None)
    for number, override in enumerate(overrides, start=1):
        try:
            members = members_among(definition=override["definition"], whose=whose, at=at, catalogue=catalogue)
        except SegmentInvalid:
            logger.warning("override %s, taken over from segment %s, cannot be asked", number, override["segment"])
            continue
        if members:
            is_in = np.isin(ids, np.fromiter(members, dtype=np.int64))
            sets[(sets == 0) & is_in] = number
    return sets
