from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

from django.db.models import Model
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.utils.translation import gettext as _

from customers.choices import ImportState
from customers.models import Customer, ImportBatch, ImportStep, Merge, User, Versioned
from customers.operations.brought import Brought, left_to_restore, model_of, one_of, pages
from customers.operations.undo_rules import Row, referrers, undo_rule

SHOWN = 100

Reasons = dict[Any, list[str]]


@dataclass(frozen=True, slots=True)
class Touched:
    """A row that stands in the way of an undo. `name` is empty where the row is gone or out of the user's sight."""

    model: type[Model]
    key: Any
    name: str
    reason: str

    def __str__(self) -> str:
        what = f"{self.model._meta.verbose_name} {self.key}"
        return f"{what} ({self.name}): {self.reason}" if self.name else f"{what}: {self.reason}"


def what_was_touched(*, batch: ImportBatch, by: User | None = None, most: int = SHOWN) -> list[Touched]:
    """The rows that keep an import from being undone, each with the reason; at most `most`, empty: nothing does.

    `by` (None: a command, which may do all) can only undo what is in their sight."""
    return list(islice(touched_rows(batch=batch, brought=Brought(batch), by=by), most))


def touched_rows(*, batch: ImportBatch, brought: Brought, by: User | None) -> Iterator[Touched]:
    """As `what_was_touched`, one by one."""
    look = Look(brought=brought, excused=brought, by=by, moved_back=MovedBack(batch))
    told: set[Row] = set()
    for model, keys in _pages(batch, brought):
        created, versions = brought.created.get(model, ()), brought.changed.get(model, {})
        for touched in look.at(model, keys, created=created, versions=versions):
            if (touched.model, touched.key) not in told:
                told.add((touched.model, touched.key))
                yield touched
    for step in batch.steps.order_by("pk").iterator(chunk_size=100):
        yield from (row for row in look.for_the_way_back(step) if (row.model, row.key) not in told)


def _pages(batch: ImportBatch, brought: Brought) -> Iterator[tuple[type[Model], list[Any]]]:
    for keys_of in (brought.created, brought.changed):
        for model, keys in keys_of.items():
            if not undo_rule(model).stays_when_used:
                yield from ((model, some) for some in pages(keys))


class Look:
    """Looks at rows of an import some at a time. `excused`: rows that may refer to them, since they are taken back
    first."""

    def __init__(self, *, brought: Brought, excused: Container[Row], by: User | None, moved_back: "MovedBack") -> None:
        self.brought, self.excused, self.by, self.moved_back = brought, excused, by, moved_back

    def at(
        self, model: type[Model], keys: list[Any], *, created: Container[Any], versions: Mapping[Any, int | None]
    ) -> list[Touched]:
        """Those of the rows that were touched. `created` are those that will be deleted, `versions` those that the
        rows should have (without one: that of a new row)."""
        rows = {row.pk: row for row in model._base_manager.filter(one_of("pk", keys))}
        reasons: Reasons = defaultdict(list)
        for key in keys:
            if key in rows:
                self._look_at(rows[key], versions.get(key, 1), reasons[key])
            elif model in self.brought.main:
                reasons[key].append(_("was deleted"))
        for key, why in undo_rule(model).in_the_way(rows.keys(), self.excused).items() if rows else ():
            reasons[key].append(why)
        for key, why in self._referred_to(model, [key for key in rows if key in created]):
            reasons[key].append(why)
        hidden = self._hidden(model, rows.keys())
        return [
            Touched(model, key, "" if key in hidden or key not in rows else str(rows[key]), "; ".join(why))
            for key, why in self._with_hidden(reasons, hidden)
            if why
        ]

    def _look_at(self, row: Model, version: int | None, reasons: list[str]) -> None:
        if isinstance(row, Customer) and row.merged_into_id is not None:
            reasons.append(_("was merged into another customer"))
        elif isinstance(row, Versioned) and version is not None and self._was_edited(row, version):
            reasons.append(_("was edited"))

    def _was_edited(self, row: Versioned, version: int) -> bool:
        return row.version != version and row.version != self.moved_back.on_from(row, version)

    def _referred_to(self, model: type[Model], keys: list[Any]) -> Iterator[tuple[Any, str]]:
        found: dict[Any, Counter[ForeignObjectRel]] = defaultdict(Counter)
        for relation in referrers(model) if keys else ():
            for key, pk in _pairs(relation, keys):
                if (relation.related_model, pk) not in self.excused:
                    found[key][relation] += 1
        for key, relations in found.items():
            what = ", ".join(_in_words(relation, count) for relation, count in relations.items())
            yield key, _("is referred to by: %(what)s") % {"what": what}

    def _hidden(self, model: type[Model], keys: Iterable[Any]) -> set[Any]:
        rows: Any = model._default_manager.all()
        if self.by is None or self.by.sees_all_teams or model not in self.brought.main or not keys:
            return set()
        if not hasattr(rows, "visible_to"):
            return set()
        living = {} if model is not Customer else {"merged_into": None}
        asked = rows.filter(one_of("pk", list(keys)), **living)
        return {*asked.values_list("pk", flat=True)} - {*asked.visible_to(self.by).values_list("pk", flat=True)}

    def _with_hidden(self, reasons: Reasons, hidden: set[Any]) -> Iterator[tuple[Any, list[str]]]:
        for key in hidden:
            reasons[key] = [_("belongs to a team whose rows you may not see")]
        yield from reasons.items()

    def for_the_way_back(self, step: ImportStep) -> Iterator[Touched]:
        """Changed rows of a step that cannot have their old values back: what they belonged to was deleted, or what
        only one row may have was given to another."""
        model = model_of(step)
        wanted: dict[Any, dict[Any, Any]] = defaultdict(dict)
        for key, said in left_to_restore(step):
            for name, value in said["before"].items():
                field = column(model, name)
                if field is not None and value is not None:
                    wanted[field][key] = value
        for field, values in wanted.items():
            if field.many_to_one and not field.null:
                yield from self._gone(model, field, values)
            elif field.unique:
                yield from self._taken(model, field, values)

    def _gone(self, model: type[Model], field: Any, values: dict[Any, Any]) -> Iterator[Touched]:
        here = field.remote_field.model._base_manager.filter(pk__in=set(values.values()))
        gone = set(values.values()) - {*here.values_list("pk", flat=True)}
        why = _("the %(what)s that it belonged to was deleted") % {"what": field.verbose_name}
        yield from (Touched(model, key, "", why) for key, value in values.items() if value in gone)

    def _taken(self, model: type[Model], field: Any, values: dict[Any, Any]) -> Iterator[Touched]:
        rows = model._base_manager.filter(**{f"{field.name}__in": set(values.values())})
        taken = {value for pk, value in rows.values_list("pk", field.name) if (model, pk) not in self.excused}
        why = _("its old %(what)s is another's by now") % {"what": field.verbose_name}
        yield from (Touched(model, key, "", why) for key, value in values.items() if value in taken)


class MovedBack:
    """How undone imports moved the versions of rows: an import that is undone leaves a row as it was, two versions on,
    and nobody edited it."""

    def __init__(self, batch: ImportBatch) -> None:
        self._batch = batch
        self._moves: dict[type[Model], dict[tuple[str, int], int]] = {}

    def on_from(self, row: Versioned, version: int) -> int:
        """The version that a row is at if it was at `version` and nothing but undone imports came after."""
        moves = self._of(type(row))
        while (str(row.pk), version) in moves:
            version = moves[str(row.pk), version]
        return version

    def add(self, model: type[Model], key: Any, said: dict[str, Any]) -> None:
        """Take in what was restored just now."""
        if model in self._moves and said["version"] is not None:
            self._moves[model][str(key), said["version"] - 1] = said["restored"]

    def _of(self, model: type[Model]) -> dict[tuple[str, int], int]:
        if model not in self._moves:
            self._moves[model] = {}
            undone = (ImportState.UNDONE, ImportState.UNDOING, ImportState.FAILED)
            steps = ImportStep.objects.filter(model=model._meta.label, batch__state__in=undone).exclude(changed={})
            for step in steps.filter(pk__gte=self._first()).iterator(chunk_size=100):
                for key, said in step.changed.items():
                    if "restored" in said:
                        self.add(model, key, said)
        return self._moves[model]

    def _first(self) -> int:
        return self._batch.steps.order_by("pk").values_list("pk", flat=True).first() or 0


def column(model: type[Model], name: str) -> Any:
    """The field of a column that was put down; None for what is no column (the lines of an order)."""
    return _columns(model).get(name)


@cache
def _columns(model: type[Model]) -> dict[str, Any]:
    return {key: field for field in model._meta.concrete_fields for key in (field.name, field.attname)}


def _pairs(relation: ForeignObjectRel, keys: list[Any]) -> Iterable[tuple[Any, Any]]:
    model: Any = relation.related_model
    rows = model._base_manager.filter(one_of(relation.field.name, keys))
    if model is Merge:  # one that was undone left nothing behind
        rows = rows.filter(undone_at=None)
    return rows.values_list(relation.field.attname, "pk")  # type: ignore[no-any-return]


def _in_words(relation: ForeignObjectRel, count: int) -> str:
    model: Any = relation.related_model
    if model._meta.auto_created:  # the rows between two models: named after the other one
        others = [field for field in model._meta.concrete_fields if field.many_to_one and field != relation.field]
        model = others[0].remote_field.model
    return f"{count} {model._meta.verbose_name if count == 1 else model._meta.verbose_name_plural}"
