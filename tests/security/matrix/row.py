"""One row of what an outsider asks: what is asked, and what an answer shows that it must not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db import transaction

from tests.security.matrix.asking import said_by
from tests.security.matrix.declared import DECLARED
from tests.security.matrix.declaring import Sight
from tests.security.matrix.rows import MARKS


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `ask` says what is wrong, or nothing."""

    name: str
    ask: Callable[[], str]

    def red(self) -> str:
        cache.clear()
        with transaction.atomic():
            found = self.ask()
            transaction.set_rollback(True)
        return found


def shown(response: Any) -> str:
    """Which marks of the other team an answer shows."""
    text = getattr(response, "said", None) or said_by(response)
    return ", ".join(mark for mark in MARKS if mark.encode() in text or mark.encode("utf-16-le") in text)


def is_scoped(model: Any) -> bool:
    page = f"admin:{model._meta.app_label}_{model._meta.model_name}_history"
    return page in DECLARED and DECLARED[page].sight not in (Sight.ALL, Sight.ACCOUNT)
