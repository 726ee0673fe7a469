"""The moment of an event, in whatever form it comes."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from django.utils.translation import gettext as _

from analytics.operations.new_event import EPOCH, EventRefused

# A number below this is in seconds, below the next in milliseconds, below the last in microseconds.
SECONDS, MILLISECONDS, MICROSECONDS = 10**11, 10**14, 10**17
_NUMBER = re.compile(r"\d{1,18}(\.\d{1,9})?")
_ZONE = re.compile(r"\s+(UTC|GMT)$")


def moment_of(value: Any, *, zone: tzinfo = UTC, is_local: bool = False) -> datetime:
    """A moment in UTC of seconds, milliseconds or microseconds since 1970, or of text as in ISO 8601; one without an
    offset is in `zone`. `is_local`: numbers count from 1970 in `zone`, as old projects of Mixpanel export them.

    Raises EventRefused for anything else."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        moment = _of_number(value)
        return moment.replace(tzinfo=zone).astimezone(UTC) if is_local else moment
    if isinstance(value, str):
        text = value.strip()
        if _NUMBER.fullmatch(text):
            return moment_of(float(text) if "." in text else int(text), zone=zone, is_local=is_local)
        return _of_text(text, zone)
    if value is None:
        raise EventRefused(_("The event has no time."))
    raise EventRefused(_("“%(value)s” is no time.") % {"value": str(value)[:50]})


def _of_number(value: float) -> datetime:
    try:
        if abs(value) < SECONDS:
            return EPOCH + timedelta(seconds=value)
        if abs(value) < MILLISECONDS:
            return EPOCH + timedelta(milliseconds=value)
        if abs(value) < MICROSECONDS:
            return EPOCH + timedelta(microseconds=value)
    except (OverflowError, ValueError):
        pass
    text = _("“%(value)s” is no time: give seconds, milliseconds or microseconds since 1970.")
    raise EventRefused(text % {"value": str(value)[:50]})


def _of_text(text: str, zone: tzinfo) -> datetime:
    try:
        found = datetime.fromisoformat(_ZONE.sub("+00:00", text))
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise EventRefused(
            _("“%(value)s” is no time: write it like 2026-11-27T10:30:00Z.") % {"value": text[:50]}
        ) from None
