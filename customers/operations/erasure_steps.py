"""What an erasure does beyond the rows that the register leads to: rows that name a person without a foreign key.
Higher rooms register steps of their own."""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from customers.models import IdempotencyKey, ImportRow, ImportStep
from customers.operations.old_values import OldValues
from customers.operations.redact import TOMBSTONE
from customers.operations.source import chunks


@dataclass(frozen=True, slots=True)
class Erasing:
    """An erasure that is under way: the customers who are one person, the keys of all rows about them by model, and the
    values by which they could be found again."""

    ids: Sequence[int]
    keys: dict[str, list[Any]]
    values: OldValues
    at: datetime


# So many texts are looked for at once.
KEYS_AT_ONCE = 50

Step = Callable[[Erasing], dict[str, int]]
"""Returns how many rows it changed, by the name of the model."""

_steps: list[Step] = []


def register_erasure_step(step: Step) -> Step:
    """Have a step done with every erasure, in its transaction. Usable as a decorator."""
    if step not in _steps:
        _steps.append(step)
    return step


def do_erasure_steps(erasing: Erasing) -> dict[str, int]:
    """Do all of them; returns how many rows changed."""
    changed: dict[str, int] = {}
    for step in _steps:
        for label, count in step(erasing).items():
            if count:
                changed[label] = changed.get(label, 0) + count
    return changed


@register_erasure_step
def clean_admin_log(erasing: Erasing) -> dict[str, int]:
    """The log of the admin names the rows that it is about, and what stood beside them."""
    changed = 0
    for label, keys in erasing.keys.items():
        of_model = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(apps.get_model(label)))
        for some in chunks(keys):
            entries = of_model.filter(object_id__in=[str(key) for key in some])
            changed += entries.update(object_repr=TOMBSTONE, change_message="")
    return {LogEntry._meta.label: changed}


@register_erasure_step
def clean_import_rows(erasing: Erasing) -> dict[str, int]:
    """Rows of imports are known by the id of the source, or by the name."""
    changed = 0
    for source, source_id in erasing.values.external:
        of_source = ImportRow.objects.filter(batch__source=source)
        named = Q(source_id=source_id) | Q(label__in=erasing.values.names)
        keys = list(of_source.filter(named).values_list("pk", flat=True))
        for some in chunks(keys):
            changed += ImportRow.objects.filter(pk__in=some).update(source_id="", label=TOMBSTONE, detail="")
    return {ImportRow._meta.label: changed}


@register_erasure_step
def clean_import_steps(erasing: Erasing) -> dict[str, int]:
    """What stood before an import changed it is not put back any more."""
    changed = 0
    written = set(ImportStep.objects.order_by().values_list("model", flat=True).distinct())
    for label in written & erasing.keys.keys():
        names = {str(key) for key in erasing.keys[label]}
        for some in chunks(sorted(names), KEYS_AT_ONCE):
            held = reduce(or_, (Q(text__contains=json.dumps(name)) for name in some))
            steps = ImportStep.objects.filter(model=label).alias(text=Cast("changed", TextField())).filter(held)
            for pk, before in list(steps.values_list("pk", "changed")):
                left = {key: value for key, value in before.items() if key not in names}
                if left != before:
                    changed += ImportStep.objects.filter(pk=pk).update(changed=left)
    return {ImportStep._meta.label: changed}


@register_erasure_step
def forget_answers(erasing: Erasing) -> dict[str, int]:
    """Answers that are kept for a day, so that a request is not done twice, are encrypted: each is looked at."""
    wanted = [text.casefold() for text in (*erasing.values.certain, *erasing.values.names)]
    keys = [row.pk for row in IdempotencyKey.objects.filter(body__isnull=False).iterator() if _holds(row.body, wanted)]
    deleted = 0
    for some in chunks(keys):
        deleted += IdempotencyKey.objects.filter(pk__in=some).delete()[0]
    return {IdempotencyKey._meta.label: deleted}


def _holds(body: Any, wanted: Sequence[str]) -> bool:
    text = str(body)
    with suppress(ValueError):
        text = json.dumps(json.loads(text), ensure_ascii=False)
    return any(one in text.casefold() for one in wanted)
