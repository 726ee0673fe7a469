"""How long ago something happened, in real time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)


def age_days(at: datetime, as_of: datetime, what: str = "an event") -> float:
    """Days from at to as_of. Raises ValueError, naming what, for a time without a zone and for one after as_of."""
    age = since_epoch(as_of, "as_of") - since_epoch(at, what)
    if age < timedelta(0):
        raise ValueError(f"{what} happens at {at}, after {as_of}")
    return age / _DAY


def since_epoch(moment: datetime, what: str = "a moment") -> timedelta:
    """Real time since 1970, fit for sorting. Raises ValueError, naming what, for a time without a zone.

    Two datetimes of one zone would subtract and compare by the clock on the wall, an hour off over a change to
    summer time.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{what} must have a time zone: {moment}")
    return moment - _EPOCH
