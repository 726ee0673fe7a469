"""What tests of imports share."""

from typing import Any

from django.apps import apps

from customers.choices import Outcome
from customers.models import ImportBatch, Observation, Team
from customers.operations.source import Report, Source
from tests.cast import NOW


def refusals_into(found: dict[str, str]) -> Report:
    """A report that keeps the reasons of refused rows, by id."""

    def report(source_id: str, outcome: str, label: str, detail: str) -> None:
        if outcome == Outcome.REFUSED:
            found[source_id] = detail

    return report


# What any write moves on, whatever it writes.
MOVED_BY_WRITES = {"version", "updated_at", "last_activity_at", "activity_version"}
# Kept on purpose: the record of facts is append-only, and the import itself stays on record.
KEPT = {
    "customers.AuditEntry",
    "customers.AuditSeal",
    "customers.Observation",
    "customers.ImportBatch",
    "customers.ImportStep",
    "customers.ImportRow",
}
OURS = {"customers", "services", "analytics"}

Tables = dict[str, list[dict[str, Any]]]


def tables() -> Tables:
    """All that stands in the tables of ours, and the facts that count now."""
    found: Tables = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label in OURS and model._meta.label not in KEPT:
            columns = [f.attname for f in model._meta.concrete_fields if f.attname not in MOVED_BY_WRITES]
            found[model._meta.label] = [*model._base_manager.order_by("pk").values(*columns)]
    facts = Observation.objects.filter(superseded_version=None)
    names = ("customer_id", "factor", "measure", "subject_type", "subject_id", "value", "reference", "at", "due_at")
    found["facts"] = [*facts.order_by(*names[:5]).values(*names)]
    return found


def new_batch(team: Team, **values: Any) -> ImportBatch:
    """An import that ended a moment ago; what is written for it is put down to it."""
    return ImportBatch.objects.create(
        format="test", source="shop", path="test.csv", team=team, state="done", started_at=NOW, **values
    )


def work_for(batch: ImportBatch, **more: Any) -> dict[str, Any]:
    """What operations are given to write for a batch."""
    source = Source(batch.source, batch=batch, **more)
    return {"source": source, "team": batch.team, "at": NOW, "report": lambda *told: None}
