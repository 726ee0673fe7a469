from datetime import datetime

from analytics.models import ForecastRun


def start_forecasts(*, as_of: datetime, at: datetime, key: str | None = None) -> ForecastRun:
    """The run of this key, made or found; without a key a new one. One as of an earlier moment is a replay: its
    forecasts are kept, and not shown as those of now."""
    values = {"as_of": as_of, "started_at": at, "is_replay": as_of < at}
    if key is None:
        return ForecastRun.objects.create(**values)
    run, _made = ForecastRun.objects.get_or_create(key=key, defaults=values)
    return run
