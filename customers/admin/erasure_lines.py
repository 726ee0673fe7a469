"""What an erasure does, or did, to the rows of each model, in words: from the register of personal data."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps

from customers.registry import Entry, entry_of
from customers.registry.terms import OnErasure, Pii

UNTOUCHED = (OnErasure.NOTHING, OnErasure.KEEP)


@dataclass(frozen=True, slots=True)
class ErasureLine:
    """The rows of one model: how many, whether they go, and column by column what becomes of the others. `treated`:
    [(what, names)], `kept`: [(why, names)]."""

    title: str
    count: int
    is_deleted: bool
    treated: list[tuple[Any, str]]
    kept: list[tuple[Any, str]]


def erasure_lines(rows: dict[str, int]) -> list[ErasureLine]:
    """A line for each model, those with most rows first. A model that is gone since is left out."""
    lines = []
    for label, count in sorted(rows.items(), key=lambda pair: (-pair[1], pair[0])):
        try:
            entry, model = entry_of(label), apps.get_model(label)
        except (KeyError, LookupError):
            continue
        title = str(model._meta.verbose_name_plural)
        treated = [] if entry.is_deleted else _treated(entry, model)
        kept = [] if entry.is_deleted else _kept(entry, model)
        lines.append(ErasureLine(f"{title[:1].upper()}{title[1:]}", count, entry.is_deleted, treated, kept))
    return lines


def column_title(model: Any, name: str) -> str:
    """The name of a column in words."""
    return str(model._meta.get_field(name).verbose_name)


def _treated(entry: Entry, model: Any) -> list[tuple[Any, str]]:
    found: dict[OnErasure, list[str]] = {}
    for column in entry.each():
        if column.on_erasure not in UNTOUCHED:
            found.setdefault(column.on_erasure, []).append(column_title(model, column.name))
    return [(what.label, ", ".join(names)) for what, names in found.items()]


def _kept(entry: Entry, model: Any) -> list[tuple[Any, str]]:
    found: dict[Any, list[str]] = {}
    for column in entry.each():
        if column.on_erasure == OnErasure.KEEP and column.pii != Pii.NONE:
            found.setdefault(column.because, []).append(column_title(model, column.name))
    return [(because, ", ".join(names)) for because, names in found.items()]
