from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import F

from analytics.models import CustomerValue, ValueModel
from analytics.operations.ensure_run import CHUNK_CUSTOMERS
from analytics.operations.fit_value import fit_value
from analytics.operations.measure_uplift import measure_uplift
from analytics.operations.offer_actions import offer_actions
from analytics.operations.value_chunk import value_chunk
from analytics.sql.customer_ranges import customer_ranges
from analytics.sql.value_fifths import write_fifths
from analytics.sql.whose import Whose

# Of models that nobody's value is by any more, so many are kept to be looked at.
KEPT = 60

Told = Callable[[int, int, str], None]


def _nothing(_done: int, _of: int, _step: str) -> None:
    """Nobody listens."""


def value_customers(*, logical_at: datetime, clock: Callable[[], datetime], told: Told = _nothing) -> ValueModel:
    """The values of everybody, as the model that stands for `logical_at`: learned from all orders, computed chunk by
    chunk, ranked, and actions offered. Returns the finished model.

    Called again after it was killed, it goes on behind the last chunk that was written. `told(done, of, step)` is
    called often, with the step `fit`, `values` or `actions`; what it raises ends the work between two chunks."""
    at = clock()
    model, _made = ValueModel.objects.get_or_create(logical_at=logical_at, defaults={"as_of": at, "started_at": at})
    if model.finished_at is not None:
        return model
    if not model.parameters:
        fitted = fit_value(as_of=model.as_of, told=lambda done, of: told(done, of, "fit"))
        model.parameters, model.figures = fitted.parameters, fitted.figures
        model.save(update_fields=["parameters", "figures"])
    ranges = customer_ranges(size=CHUNK_CUSTOMERS)
    for number, part in enumerate(ranges):
        told(number, len(ranges), "values")
        if part.hi > model.reached:
            _chunk(model, Whose(max(part.lo, model.reached + 1), part.hi), clock())
    told(len(ranges), len(ranges), "actions")
    CustomerValue.objects.unprofiled().delete()  # who objected, or was merged, meanwhile
    write_fifths()
    measure_uplift(at=clock())
    offer_actions(at=clock())
    return _finish(model, clock())


@transaction.atomic
def _chunk(model: ValueModel, whose: Whose, at: datetime) -> None:
    """What was written and how far it is, in one transaction."""
    found = value_chunk(model=model, whose=whose, at=at)
    ValueModel.objects.filter(pk=model.pk).update(reached=whose.hi, customers=F("customers") + found)
    model.reached = whose.hi


def _finish(model: ValueModel, at: datetime) -> ValueModel:
    ValueModel.objects.filter(pk=model.pk).update(finished_at=at)
    old = ValueModel.objects.order_by("-id").values_list("pk", flat=True)[KEPT : KEPT + KEPT]
    ValueModel.objects.filter(pk__in=list(old)).exclude(pk=model.pk).delete()
    model.refresh_from_db()
    return model


def newest_model() -> ValueModel | None:
    """The newest model that was finished."""
    return ValueModel.objects.exclude(finished_at=None).order_by("-as_of").first()
