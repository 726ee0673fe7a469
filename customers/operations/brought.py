"""What an import brought: the keys of the rows that it created and changed, by model, as ImportStep has them."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, cast
from uuid import UUID

from django.apps import apps
from django.db.models import Model, Q

from customers.models import ImportBatch, ImportStep
from customers.operations.source import keys_in

KEYS_AT_ONCE = 1000


class Keys:
    """A set of keys as sorted ranges: those of a million rows of one import take a few kilobytes."""

    def __init__(self, kept: Iterable[list[Any]]) -> None:
        self._is_uuid = False
        self._firsts: list[int] = []
        self._lasts: list[int] = []
        for first, last in sorted((self._number(first), self._number(last)) for first, last in kept):
            if self._lasts and first <= self._lasts[-1] + 1:
                self._lasts[-1] = max(self._lasts[-1], last)
            else:
                self._firsts.append(first)
                self._lasts.append(last)

    def _number(self, key: int | str) -> int:
        self._is_uuid = isinstance(key, str)
        return UUID(key).int if isinstance(key, str) else key

    def __contains__(self, key: object) -> bool:
        number = key.int if isinstance(key, UUID) else cast(int, key)
        place = bisect_right(self._firsts, number) - 1
        return place >= 0 and number <= self._lasts[place]

    def __len__(self) -> int:
        return sum(last - first + 1 for first, last in zip(self._firsts, self._lasts, strict=True))

    def __iter__(self) -> Iterator[Any]:
        for first, last in zip(self._firsts, self._lasts, strict=True):
            for number in range(first, last + 1):
                yield UUID(int=number) if self._is_uuid else number


class Brought:
    """All that a batch wrote and has not taken back: `created` keys, `changed` keys with the newest version that the
    import gave them, and the models that its file told of (`main`; others came along)."""

    def __init__(self, batch: ImportBatch) -> None:
        kept: dict[type[Model], list[list[Any]]] = defaultdict(list)
        self.changed: dict[type[Model], dict[Any, int | None]] = defaultdict(dict)
        self.main: set[type[Model]] = set()
        for step in batch.steps.order_by("pk").iterator(chunk_size=100):
            model = model_of(step)
            kept[model] += step.created
            self.changed[model].update((key, said["version"]) for key, said in left_to_restore(step))
            if step.kind:
                self.main.add(model)
        self.created = {model: Keys(of_model) for model, of_model in kept.items()}

    def __contains__(self, row: object) -> bool:
        """Whether a row, as a pair of model and key, was created or changed."""
        model, key = cast(tuple[type[Model], Any], row)
        return key in self.created.get(model, ()) or key in self.changed.get(model, ())

    def __len__(self) -> int:
        return sum(map(len, self.created.values())) + sum(map(len, self.changed.values()))


def pages(keys: Iterable[Any]) -> Iterator[list[Any]]:
    """Keys in lists of a size that a database likes."""
    some: list[Any] = []
    for key in keys:
        some.append(key)
        if len(some) == KEYS_AT_ONCE:
            yield some
            some = []
    if some:
        yield some


def model_of(step: ImportStep) -> type[Model]:
    """The model of the rows of a step."""
    return apps.get_model(step.model)


def created_by(step: ImportStep) -> list[Any]:
    """The keys of the rows that a step created."""
    return list(keys_in(step.created))


def left_to_restore(step: ImportStep) -> Iterator[tuple[Any, dict[str, Any]]]:
    """The changed rows of a step that do not have their old values back: key, and what was put down."""
    pk = model_of(step)._meta.pk
    return ((pk.to_python(key), said) for key, said in step.changed.items() if "before" in said)


def one_of(name: str, keys: list[Any]) -> Q:
    """The condition that a column is one of the keys: numbers in a row are asked for as a range, which is quicker."""
    if isinstance(keys[0], int) and max(keys) - min(keys) == len(keys) - 1:
        return Q(**{f"{name}__gte": min(keys), f"{name}__lte": max(keys)})
    return Q(**{f"{name}__in": keys})
