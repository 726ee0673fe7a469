"""What each retention rule is about: which rows are old, and what becomes of them. Higher rooms register theirs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib.admin.models import LogEntry

from customers.choices import RetentionKind
from customers.models import ImportRow, ImportStep, Interaction, Job
from customers.operations.redact import TOMBSTONE


@dataclass(frozen=True, slots=True)
class Old:
    """Rows of one model that a rule is about. `rows(cutoff)` are those from before, by no order; `moment` leads to when
    they are from. `forget(keys)` does away with some, in the caller's transaction."""

    rows: Callable[[datetime], Any]
    moment: str
    forget: Callable[[Sequence[Any]], object]


_kinds: dict[str, list[Old]] = {}


def register_retention(kind: RetentionKind, *parts: Old) -> None:
    """Say what a rule is about. Called once a process, when the app is ready."""
    _kinds[kind] = list(parts)


def old_rows(kind: str) -> list[Old]:
    """The rows that a rule is about, model by model. Raises KeyError for a rule that no room knows."""
    return _kinds[kind]


def deleted(model: Any, moment: str) -> Old:
    """Rows that are deleted."""
    return Old(
        lambda cutoff: model._default_manager.filter(**{f"{moment}__lt": cutoff}),
        moment,
        lambda keys: model._default_manager.filter(pk__in=keys).delete(),
    )


def register_retention_of_customers() -> None:
    """The rules of this room."""
    register_retention(RetentionKind.INTERACTIONS, Old(_old_interactions, "at", _forget_interactions))
    finished = "batch__finished_at"
    register_retention(RetentionKind.IMPORTS, deleted(ImportRow, finished), deleted(ImportStep, finished))
    register_retention(RetentionKind.JOBS, deleted(Job, "finished_at"))
    register_retention(RetentionKind.LOG, deleted(LogEntry, "action_time"))
    register_retention(RetentionKind.SESSIONS, deleted(apps.get_model("sessions", "Session"), "expire_date"))


def _old_interactions(cutoff: datetime) -> Any:
    return Interaction.objects.filter(at__lt=cutoff).exclude(subject=TOMBSTONE, body="")


def _forget_interactions(keys: Sequence[Any]) -> object:
    return Interaction.objects.filter(pk__in=keys).update(subject=TOMBSTONE, body="")
