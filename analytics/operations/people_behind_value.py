from array import array
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _

from analytics.behaviour.events import NoSuchCell, numbers_of
from analytics.models import ValueModel
from analytics.operations.fit_value import GROUPS, TENTHS, read_sample, told_of
from analytics.sql.arrays import Array
from analytics.value.histories import CHURN_DAYS, medians_of
from analytics.value.leaving import fit_leaving
from analytics.value.orders_to_come import NotEnough
from customers.models import Customer, User
from customers.sql.time_limit import TookTooLong, at_most

# Reading the orders of everybody may not take longer.
SECONDS = 30
EVERYBODY = "orders:0"


class NobodyBehind(Exception):
    """The customers cannot be told; the message says why."""


@dataclass(frozen=True, slots=True)
class Behind:
    """Who stands behind a bar or a point: the keys of those whom the user may see, in their order, and how many there
    are in all by the orders as they stand now."""

    customers: "array[int]"
    all: int


def people_behind_value(*, model: ValueModel, cell: str, user: User) -> Behind:
    """The customers of a group of the hold-out (`orders:2`: the second) or of a tenth of the test of churn (`churn:1`:
    the first, the least likely to leave); without a cell all of the hold-out. Found as the model found them, by the
    same steps from the orders up to its date: orders that came, changed or went since then change who they are.

    Raises NoSuchCell, NobodyBehind."""
    kind, _colon, text = (cell or EVERYBODY).partition(":")
    (number,) = numbers_of(text, 1)
    most = {"orders": len(GROUPS), "churn": TENTHS}.get(kind, -1)
    if not 0 <= number <= most or (cell and not number):
        raise NoSuchCell(cell)
    try:
        with at_most(SECONDS):
            keys = _in_group(model, number) if kind == "orders" else _in_tenth(model, number)
    except TookTooLong as error:
        raise NobodyBehind(_("There are too many orders to find the customers in time.")) from error
    except NotEnough as error:
        raise NobodyBehind(_("By the orders as they stand now there are too few customers.")) from error
    seen = Customer.objects.visible_to(user).profiled().order_by().values_list("pk", flat=True)
    visible = np.fromiter(seen.filter(pk__among=keys.tolist()).iterator(), dtype=np.int64)
    return Behind(array("q", np.sort(visible).tolist()), len(keys))


def _in_group(model: ValueModel, number: int) -> Array:
    sample, _every = read_sample(model.as_of)
    before = sample.at(CHURN_DAYS)
    if not number:
        return before.who
    bounds = (*GROUPS, np.inf)
    return before.who[(before.order_days >= bounds[number - 1]) & (before.order_days < bounds[number])]


def _in_tenth(model: ValueModel, number: int) -> Array:
    sample, _every = read_sample(model.as_of)
    medians = medians_of(sample.at(0))
    before = sample.at(CHURN_DAYS)
    trial = fit_leaving(*told_of(sample, sample.at(2 * CHURN_DAYS), medians))
    features, _left = told_of(sample, before, medians)
    order = np.argsort(trial.chance(features), kind="stable")
    return np.sort(before.who[np.array_split(order, TENTHS)[number - 1]])
