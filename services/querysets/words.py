"""What was said in tickets, and the words by which they are found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar, cast

from django.apps import apps
from django.db import connections, transaction
from django.db.models import Model

from customers.querysets import ScopedQuerySet
from services.folding import as_many_as_fit, words_of

Row = TypeVar("Row", bound=Model, covariant=True)

TICKETS_AT_ONCE = 500


def rows_of(name: str) -> Any:
    """All rows of a model of this room, which imports this module."""
    return apps.get_model("services", name)._default_manager.all()


def ticket_words() -> TicketWordsQuerySet[Any]:
    """The words of all tickets."""
    return cast("TicketWordsQuerySet[Any]", rows_of("TicketWords"))


def _tickets_of(messages: Any) -> set[int]:
    return {*messages.order_by().values_list("ticket_id", flat=True).distinct()}


class OfTicketQuerySet(ScopedQuerySet[Row]):
    """Rows that belong to a ticket and are seen by whoever sees the ticket."""

    team_path = "ticket__team"
    owner_path = "ticket__assignee__user"


class MessageQuerySet(OfTicketQuerySet[Row]):
    """What was said. Whichever way messages are written, what their tickets are found by follows."""

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        """As ever; their tickets gain their words."""
        objs = list(objs)
        if not objs:
            return objs
        with transaction.atomic(using=self.db):
            rows = super().bulk_create(objs, *args, **kwargs)
            ticket_words().gain(rows)
        return rows

    def update(self, **values: Any) -> int:
        """As ever; tickets that gave or took messages are looked through again."""
        if not {"ticket", "ticket_id", "body"} & values.keys():
            return super().update(**values)
        with transaction.atomic(using=self.db):
            keys = list(self.order_by().values_list("pk", flat=True))
            tickets = _tickets_of(self)
            changed = super().update(**values)
            ticket_words().follow(tickets | _tickets_of(self.model._default_manager.filter(pk__in=keys)))
        return changed

    update.alters_data = True  # type: ignore[attr-defined]

    def delete(self) -> tuple[int, dict[str, int]]:
        """As ever; their tickets lose their words."""
        with transaction.atomic(using=self.db):
            tickets = _tickets_of(self)
            deleted = super().delete()
            ticket_words().follow(tickets)
        return deleted

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]


class TicketWordsQuerySet(OfTicketQuerySet[Row]):
    """The words by which tickets are found."""

    def follow(self, tickets: Iterable[int]) -> None:
        """Look these tickets through again: number, subject and every message."""
        keys = sorted(set(tickets))
        for start in range(0, len(keys), TICKETS_AT_ONCE):
            self._follow(keys[start : start + TICKETS_AT_ONCE])

    def gain(self, messages: Sequence[Any]) -> None:
        """Add the words of new messages; a ticket that has none yet is looked through."""
        said: dict[int, set[str]] = defaultdict(set)
        for message in messages:
            said[message.ticket_id] |= words_of(message.body)
        rows: dict[int, Any] = {
            row.pk: row for row in self.filter(pk__in=said).select_for_update().order_by("pk") if said
        }
        changed = [row for pk, row in rows.items() if said[pk] - set(row.words)]
        for row in changed:
            row.words = as_many_as_fit(said[row.pk] | set(row.words))
        self._write(changed)
        self.follow(said.keys() - rows.keys())

    def follow_new(self, tickets: Iterable[int]) -> None:
        """Look those of these tickets through that were not yet."""
        keys = set(tickets)
        if keys:
            self.follow(keys - {*self.filter(pk__in=keys).values_list("pk", flat=True)})

    def _follow(self, keys: list[int]) -> None:
        texts: dict[int, set[str]] = {}
        for pk, number, subject in rows_of("Ticket").filter(pk__in=keys).values_list("pk", "number", "subject"):
            texts[pk] = words_of(f"{number} {subject}")
        said = rows_of("Message").filter(ticket__in=keys).order_by().values_list("ticket_id", "body")
        for pk, body in said.iterator(chunk_size=1000):
            texts[pk] |= words_of(body)
        self._write([self.model(pk=pk, words=as_many_as_fit(words)) for pk, words in texts.items()])

    def _write(self, rows: list[Any]) -> None:
        """Insert or replace."""
        features: Any = connections[self.db].features
        unique = ["ticket"] if features.supports_update_conflicts_with_target else None
        self.bulk_create(
            rows, update_conflicts=True, update_fields=["words"], unique_fields=unique, batch_size=TICKETS_AT_ONCE
        )
