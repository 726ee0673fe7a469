"""Every scope of the product: who calls `visible_to`, on rows of which model. One of them can be taken away."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple

import django
from django.apps import apps
from django.db.models import QuerySet

from customers.querysets import AccountQuerySet, AuditEntryQuerySet, BackupQuerySet, OpenCatalogueQuerySet

ROOT = Path(__file__).resolve().parents[3]
ROOMS = ("customers", "services", "analytics", "crm")
GATE = "visible_to"
# Between the one who asks and the rows: Django's managers.
DJANGO = str(Path(django.__file__).parent)


class Place(NamedTuple):
    """A function that narrows rows to a user's sight."""

    file: str
    function: str

    def __str__(self) -> str:
        return f"{self.file} {self.function}"


class Scope(NamedTuple):
    """One use of the gate: at this place, for rows of this model."""

    place: Place
    model: str

    def __str__(self) -> str:
        return f"{self.place}: {self.model}"


def places() -> set[Place]:
    """Where the code of the product calls the gate; a new call is found by itself."""
    found = set()
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "tests" not in path.parts and (text := path.read_text()) and f".{GATE}(" in text:
                found |= {Place(str(path.relative_to(ROOT)), name) for name in _callers(ast.parse(text), "")}
    return found


def _callers(node: ast.AST, function: str) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        name = child.name if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else function
        if isinstance(child, ast.Call) and isinstance(child.func, ast.Attribute) and child.func.attr == GATE:
            rows = child.func.value
            if not (isinstance(rows, ast.Call) and getattr(rows.func, "id", "") == "super"):
                yield function or "<module>"
        yield from _callers(child, name)


def gated_models() -> list[Any]:
    """The models whose rows have a gate."""
    return [model for model in apps.get_models() if hasattr(model._default_manager.all(), GATE)]


def open_models() -> set[str]:
    """Of these, the ones that whoever is active and has the permission sees all rows of."""
    open_gates = [
        kind.visible_to for kind in (OpenCatalogueQuerySet, AccountQuerySet, AuditEntryQuerySet, BackupQuerySet)
    ]
    return {m._meta.label for m in gated_models() if type(m._default_manager.all()).visible_to in open_gates}


@dataclass(slots=True)
class Watch:
    """What was asked of the gate; and the scope, or the model, whose gate stands open."""

    seen: set[Scope] = field(default_factory=set)
    removed: str = ""  # a scope, or a place with whatever it asks for
    open_model: str = ""


@contextmanager
def watched() -> Iterator[Watch]:
    """While it lasts, every call of the gate is noted, and those of one scope let everything through."""
    watch = Watch()
    patched = {kind for kind in _kinds(QuerySet) if GATE in vars(kind)}
    before = {kind: vars(kind)[GATE] for kind in patched}
    for kind, gate in before.items():
        setattr(kind, GATE, _noting(gate, watch))
    try:
        yield watch
    finally:
        for kind, gate in before.items():
            setattr(kind, GATE, gate)


def _kinds(kind: type[Any]) -> Iterator[type[Any]]:
    for below in kind.__subclasses__():
        yield below
        yield from _kinds(below)


def _noting(gate: Any, watch: Watch) -> Any:
    @wraps(gate)
    def visible_to(self: Any, user: Any) -> Any:
        frame = sys._getframe(1)
        while frame.f_code.co_filename.startswith(DJANGO) and frame.f_back is not None:
            frame = frame.f_back
        if frame.f_code.co_name == GATE:
            return gate(self, user)  # asked by the gate of a narrower kind of rows
        label = self.model._meta.label
        scope = Scope(Place(_relative(frame.f_code.co_filename), _function(frame.f_code)), label)
        watch.seen.add(scope)
        is_open = watch.removed in (str(scope), str(scope.place)) or watch.open_model == label
        return self if is_open else gate(self, user)

    return visible_to


def _function(code: Any) -> str:
    """The function that was written down: a lambda or a comprehension within it is it as well."""
    names = [name for name in code.co_qualname.split(".") if not name.startswith("<")]
    return names[-1] if names else "<module>"


def _relative(file: str) -> str:
    path = Path(file)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else file
