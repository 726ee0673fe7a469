import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from functools import lru_cache

import numpy as np
from django.utils import timezone

from analytics.scoring.habits import KINDS, Habits, Signals, service_habits
from analytics.sql.arrays import MOMENT, Array
from analytics.sql.service_signals import ServiceSignals, service_signals
from analytics.sql.whose import Whose

# Offsets from UTC change at half hours and nowhere else.
_HALF_HOUR = 1_800

Labels = list[str]


def find_habits(*, whose: Whose, as_of: datetime, most: int) -> dict[int, str]:
    """How each of these customers likes to be served, by key, in the shape of PreferenceProfile.service, as JSON: the
    `most` strongest habits of each kind. Hours are those of TIME_ZONE.

    Four queries whatever the customers are."""
    found = service_signals(whose=whose, as_of=as_of)
    labels = _labels(found)
    habits = service_habits(_signals(found), as_of.timestamp())
    return dict(_texts(habits, labels, most))


def _labels(found: ServiceSignals) -> dict[str, Labels]:
    """What each code stands for, by kind, as JSON. Codes are in the order of what they stand for."""
    listed = {"channel": found.channels, "language": found.languages, "topic": found.topics}
    labels = {kind: [json.dumps(text) for text in texts] for kind, texts in listed.items()}
    return {**labels, "hour": [str(hour) for hour in range(24)]}


def _signals(found: ServiceSignals) -> Signals:
    tickets, messages, records = found.tickets, found.messages, found.records
    about = tickets["topic"] >= 0
    parts = {
        "channel": (tickets["who"], tickets["channel"], tickets["at"]),
        "language": (records["who"], records["language"], records["at"]),
        "hour": (messages["who"], local_hours(messages["at"], timezone.get_default_timezone()), messages["at"]),
        "topic": (tickets["who"][about], tickets["topic"][about], tickets["at"][about]),
    }
    who, value, at = (np.concatenate([parts[kind][column] for kind in KINDS]) for column in range(3))
    kind = np.repeat(np.arange(len(KINDS)), [len(parts[kind][0]) for kind in KINDS])
    return Signals(who, kind, value, at.astype(MOMENT).astype(np.int64) / 1e6)


def local_hours(moments: Array, zone: tzinfo) -> Array:
    """The hour on the wall of each moment (datetime64, UTC)."""
    hours: Array = _local_seconds(moments, zone) // 3600 % 24
    return hours


def local_days(moments: Array, zone: tzinfo) -> Array:
    """The day on the wall of each moment (datetime64, UTC), counted from 1970-01-01."""
    days: Array = _local_seconds(moments, zone) // 86_400
    return days


def _local_seconds(moments: Array, zone: tzinfo) -> Array:
    seconds = moments.astype("datetime64[s]").astype(np.int64)
    halves, where = np.unique(seconds // _HALF_HOUR, return_inverse=True)
    offsets = np.array([_offset(half * _HALF_HOUR, zone) for half in halves.tolist()], dtype=np.int64)
    local: Array = seconds + offsets[where] if len(halves) else seconds
    return local


@lru_cache(maxsize=200_000)
def _offset(second: int, zone: tzinfo) -> int:
    """Seconds from UTC: five years have 90,000 half hours, and each chunk of a run asks for the same ones."""
    offset = datetime.fromtimestamp(second, zone).utcoffset()
    return int(offset.total_seconds()) if offset else 0


def _texts(habits: Habits, labels: dict[str, Labels], most: int) -> Iterator[tuple[int, str]]:
    """Text by customer, written here: a million dicts of dicts take the encoder a minute."""
    shown = habits.rank < most
    columns = [column[shown] for column in (habits.who, habits.kind, habits.value, habits.count)]
    seen = _moments(habits.last_seen[shown])
    names = [labels[kind] for kind in KINDS]
    who: int | None = None
    kinds: dict[int, list[str]] = {}
    for pk, kind, value, count, last in zip(*(column.tolist() for column in columns), seen, strict=True):
        if pk != who:
            if who is not None:
                yield who, _text(kinds)
            who, kinds = pk, {}
        kinds.setdefault(kind, []).append(f'{{"value":{names[kind][value]},"count":{count},"last_seen":"{last}"}}')
    if who is not None:
        yield who, _text(kinds)


def _moments(seconds: Array) -> Sequence[str]:
    micros = np.round(seconds * 1e6).astype(np.int64).view(MOMENT)
    return [moment.replace(tzinfo=UTC).isoformat() for moment in micros.tolist()]


def _text(kinds: dict[int, list[str]]) -> str:
    return "{" + ",".join(f'"{KINDS[kind]}":[{",".join(rows)}]' for kind, rows in kinds.items()) + "}"
