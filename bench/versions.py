"""What a version of the score model costs where there are many customers: its preview with four segments, measuring of
baselines, and a run with two overrides by segment against the same run without any. One process on PostgreSQL."""

import os
import resource
import sys
from typing import Any

import django

CUSTOMERS = int(os.environ.get("CRM_BENCH_CUSTOMERS", "100000"))
# Asked of a column, of a text, and of nothing that is there: what overrides usually ask.
CONDITIONS = {
    "A third": {"fact": "name", "op": "contains", "value": "3"},
    "One in ten": {"fact": "name", "op": "contains", "value": "77"},
    "Chinese": {"fact": "country", "op": "is", "value": "CN"},
    "Buyers": {"fact": "orders", "op": "at_least", "value": 2, "days": 90},
}


def main() -> int:
    """Print one line a figure: `name value unit`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    django.setup()
    from django.db import connection
    from django.utils import timezone

    from analytics.models import ScoreModelVersion
    from analytics.operations.activate_version import activate_version
    from analytics.operations.draft_version import draft_version
    from analytics.operations.measure_draft import measure_draft
    from analytics.operations.preview_version import preview_version
    from bench import _ledger, _processes
    from customers.models import Segment

    if connection.vendor != "postgresql":
        sys.stderr.write("this benchmark is about PostgreSQL: unset DATABASE_URL, or point it to one\n")
        return 1
    _say("versions_facts", _ledger.fill(CUSTOMERS), "rows")
    _run()  # so that both runs below find scores
    segments = [
        Segment.objects.create(name=name, definition={"groups": [{"conditions": [condition]}]})
        for name, condition in CONDITIONS.items()
    ]
    overrides = [{"segment": row.pk, "parameters": {"quality": {"exponent": 2.0}}} for row in segments[:2]]
    draft = draft_version(
        model=ScoreModelVersion, parameters={}, overrides=overrides, segments=segments, at=timezone.now()
    )
    before = _processes.now()
    measure_draft(version=draft, at=timezone.now())
    _tell("versions_measure", _processes.since(before))
    before = _processes.now()
    against = ScoreModelVersion.objects.active().get()
    found = preview_version(version=draft, against=against, as_of=timezone.now())
    _tell("versions_preview", _processes.since(before))
    if found["customers"] != CUSTOMERS or not found["overrides"][0]["customers"]:
        raise RuntimeError("not everybody was looked at")
    _say("versions_most_memory", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MiB")
    plain = _run()
    activate_version(version=draft, at=timezone.now())
    split = _work()
    _tell("versions_run_without_overrides", plain)
    _tell("versions_run_with_two_overrides", split)
    _say("versions_two_overrides_ratio", split.cpu / plain.cpu, "times")
    return 0


def _say(name: str, value: float, unit: str) -> None:
    print(f"{name} {value:.2f} {unit}", flush=True)


def _tell(name: str, used: Any) -> None:
    _say(name, used.wall, "s")
    _say(f"{name}_cpu", used.cpu, "s")
    _say(f"{name}_rate", CUSTOMERS / used.wall, "customers/s")


def _run() -> Any:
    from django.utils import timezone

    from analytics.choices import RunKind
    from analytics.operations.ensure_run import ensure_run
    from analytics.operations.ensure_versions import ensure_versions

    at = timezone.now()
    ensure_versions(at=at)
    ensure_run(kind=RunKind.MANUAL, logical_at=at, as_of=at, at=at)
    return _work()


def _work() -> Any:
    """Work off the run that was made; what that used."""
    from django.utils import timezone

    from analytics.operations.work_chunks import work_chunks
    from bench import _processes

    before = _processes.now()
    for _ in work_chunks(clock=timezone.now):
        pass
    return _processes.since(before)


if __name__ == "__main__":
    sys.exit(main())
