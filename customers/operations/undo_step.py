from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model

from customers.models import Customer, ImportStep, User
from customers.operations.brought import Brought, created_by, left_to_restore, model_of, one_of
from customers.operations.import_rows import update_rows
from customers.operations.lock_customers import lock_customers
from customers.operations.record_activity import customers_of, record_activity
from customers.operations.source import Changes
from customers.operations.undo_rules import undo_rule
from customers.operations.what_was_touched import Look, MovedBack, Touched, column


@dataclass
class Undone:
    """What an undo did. `kept`: rows that somebody touched while it was under way, which stay."""

    removed: int = 0
    restored: int = 0
    kept: list[Touched] = field(default_factory=list)

    def add(self, other: "Undone") -> None:
        """Add what was done further on."""
        self.removed, self.restored = self.removed + other.removed, self.restored + other.restored
        self.kept += other.kept


@transaction.atomic
def undo_step(*, pk: int, brought: Brought, moved_back: MovedBack, by: User | None, at: datetime) -> Undone:
    """Take back what one transaction of an import wrote into one table; the step then says that this is done.

    The rows are locked and looked at once more: whoever touched one in between keeps it, whoever is about to refer to
    one waits and is refused."""
    step = ImportStep.objects.select_for_update().get(pk=pk)
    model, rule = model_of(step), undo_rule(model_of(step))
    created, changed = created_by(step), dict(left_to_restore(step))
    rows = _locked(model, {*created, *changed})
    own = {(model, key) for key in rows}
    look = Look(brought=brought, excused=own, by=by, moved_back=moved_back)
    versions = {key: said["version"] for key, said in changed.items()}
    touched = look.at(model, list(rows), created={*created}, versions=versions) if rows else []
    touched += look.for_the_way_back(step)
    stay = {row.key for row in touched} | rule.in_use([rows[key] for key in created if key in rows])
    gone = [rows[key] for key in created if key in rows and key not in stay]
    back = [(rows[key], changed[key]["before"]) for key in changed if key in rows and key not in stay]
    _remove(model, gone, at)
    _restore(model, back, at)
    step.created = []
    step.changed = {str(key): {"version": said["version"]} for key, said in changed.items()} | step.changed
    for row, _ in back:
        said = {"version": changed[row.pk]["version"], "restored": getattr(row, "version", None)}
        step.changed[str(row.pk)] = said
        moved_back.add(model, row.pk, said)
    step.save(update_fields=["created", "changed"])
    return Undone(len(gone), len(back), [] if rule.stays_when_used else touched)


def _locked(model: type[Model], keys: set[Any]) -> dict[Any, Any]:
    rows = model._base_manager.filter(one_of("pk", list(keys))) if keys else model._base_manager.none()
    if getattr(model, "locked_after_customer", False):
        lock_customers(customer_ids=[pk for row in rows for pk in _parties(row) if pk is not None])
    return {row.pk: row for row in rows.select_for_update().order_by("pk")}


def _parties(row: Any) -> list[int | None]:
    return [getattr(row, f"{name}_id") for name in row.fact_parties]


def _remove(model: type[Model], rows: list[Any], at: datetime) -> None:
    if not rows:
        return
    undo_rule(model).before_removal(rows, at)
    if model is not Customer:
        record_activity(customer_ids=[pk for row in rows for pk in customers_of(row)], at=at, of_erased=True)
    model._base_manager.filter(one_of("pk", [row.pk for row in rows])).delete()


def _restore(model: type[Model], rows: list[tuple[Any, Changes]], at: datetime) -> None:
    """Give rows their old columns back, one version on."""
    if not rows:
        return
    customers = [pk for row, _ in rows for pk in customers_of(row)]
    gone = _gone(model, [before for _, before in rows])
    with undo_rule(model).while_restoring(rows):
        update_rows(model, [(row, _set(row, before, gone)) for row, before in rows], at=at)
    customers += [pk for row, _ in rows for pk in customers_of(row)]
    record_activity(customer_ids=customers, at=at, of_erased=True)
    undo_rule(model).after_restoring(rows, at)


def _gone(model: type[Model], said: list[Changes]) -> dict[str, set[Any]]:
    """Of each column that leads to another row: the keys that lead to none any more."""
    wanted: dict[Any, set[Any]] = defaultdict(set)
    for before in said:
        for name, value in before.items():
            field = column(model, name)
            if field is not None and field.many_to_one and value is not None:
                wanted[field].add(value)
    return {
        field.attname: values
        - {*field.remote_field.model._base_manager.filter(pk__in=values).values_list("pk", flat=True)}
        for field, values in wanted.items()
    }


def _set(row: Any, before: Changes, gone: dict[str, set[Any]]) -> list[str]:
    """Set the columns; returns their names. A column that leads to a row that is gone is emptied."""
    names = []
    for name, value in before.items():
        field = column(type(row), name)
        if field is not None:
            setattr(row, field.attname, None if value in gone.get(field.attname, ()) else field.to_python(value))
            names.append(field.name)
    return names
