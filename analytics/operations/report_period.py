from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _

from analytics.choices import Granularity

# More would fit on no page.
MOST_STEPS = 400


class PeriodIsUnusable(Exception):
    """A report cannot be made of this period; the message says why."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days of a report, in the current time zone: `first` to `last`, both of them in it."""

    first: date
    last: date
    granularity: Granularity = Granularity.DAY

    def __post_init__(self) -> None:
        """Refuse what is no period. Raises PeriodIsUnusable."""
        if self.last < self.first:
            raise PeriodIsUnusable(_("The period ends before it begins."))
        if self.first.year < 1970 or self.last.year > 9000:
            raise PeriodIsUnusable(_("This period is out of range."))
        if len(list(self._marks())) > MOST_STEPS:
            text = _("These are more than %(most)d steps: choose a shorter period, or weeks or months.")
            raise PeriodIsUnusable(text % {"most": MOST_STEPS})

    @property
    def start(self) -> datetime:
        """The beginning of the first day."""
        return _midnight(self.first)

    @property
    def end(self) -> datetime:
        """The end of the last day."""
        return _midnight(self.last + timedelta(days=1))

    def steps(self) -> list[tuple[date, date]]:
        """Days, weeks from Monday or calendar months, each from a day to before another; cut to the period."""
        return list(pairwise([*self._marks(), self.last + timedelta(days=1)]))

    def bounds(self) -> list[datetime]:
        """The moments between the steps, with beginning and end."""
        return [_midnight(day) for day in (*self._marks(), self.last + timedelta(days=1))]

    def _marks(self) -> Iterator[date]:
        day, number = self.first, 0
        while day <= self.last and number <= MOST_STEPS:
            yield day
            day, number = _next(day, self.granularity), number + 1


def _next(day: date, granularity: Granularity) -> date:
    if granularity == Granularity.DAY:
        return day + timedelta(days=1)
    if granularity == Granularity.WEEK:
        return day + timedelta(days=7 - day.weekday())
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), get_current_timezone())
