"""The times of the Olist files: ISO, without an offset, as clocks in São Paulo showed them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from customers.importers.run import Unusable

SAO_PAULO = ZoneInfo("America/Sao_Paulo")


def local_time(text: str) -> datetime:
    """The moment (UTC) of a local time. Raises Unusable for what is no time."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=SAO_PAULO).astimezone(UTC)
    except ValueError as error:
        raise Unusable(_("“%(text)s” is not a time like 2018-01-18 21:46:59") % {"text": text}) from error


def optional_time(text: str) -> datetime | None:
    """As local_time; None for an empty text."""
    return local_time(text) if text else None
