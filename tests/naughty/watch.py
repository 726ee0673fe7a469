"""What happens while a request is answered: which forms looked at it, and which tables were written to."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from django.apps import apps
from django.db import connection
from django.forms import BaseForm
from django.forms.formsets import BaseFormSet

WRITES = re.compile(r"^\s*(?:INSERT\s+(?:IGNORE\s+)?INTO|UPDATE|DELETE FROM)\s+[\"`](\w+)[\"`]", re.IGNORECASE)
ROW = re.compile(r"-\d+-")
# What is written whatever is asked for, and the record of changes, which holds every refused and accepted word anyway.
BESIDE = {"customers_session", "customers_auditentry", "customers_auditseal", "customers_datakey", "django_admin_log"}


@dataclass
class Watch:
    """What was seen."""

    forms: list[BaseForm] = field(default_factory=list)
    formsets: list[BaseFormSet[Any]] = field(default_factory=list)
    tables: set[str] = field(default_factory=set)

    def fields(self) -> dict[str, Any]:
        """The fields of all forms, by the name in the page."""
        return {form.add_prefix(name): field for form in self.forms for name, field in form.fields.items()}

    def fields_of(self, names: set[str]) -> dict[str, Any]:
        """The field of each name that has one; of a row that was added, that of the empty row."""
        fields = self.fields()
        found = {name: fields.get(name) or fields.get(ROW.sub("-__prefix__-", name)) for name in names}
        split = {name: fields.get(name[:-2]) for name in names if name.endswith(("_0", "_1"))}
        return {name: field for name, field in (found | {n: f for n, f in split.items() if f}).items() if field}

    def cleaned(self) -> dict[str, Any]:
        """What the forms made of what was sent."""
        return {
            form.add_prefix(name): value
            for form in self.forms
            for name, value in (getattr(form, "cleaned_data", None) or {}).items()
        }

    def errors(self) -> dict[str, list[str]]:
        """What the forms refused, by the name in the page; of a form as a whole by its prefix."""
        found: dict[str, list[str]] = {}
        for form in self.forms:
            for name, texts in (vars(form).get("_errors") or {}).items():
                found[form.add_prefix(name)] = [str(text) for text in texts]
        for formset in self.formsets:
            if getattr(formset, "_non_form_errors", None):
                found[f"{formset.prefix}-__all__"] = [str(text) for text in formset.non_form_errors()]
        return found

    def texts(self) -> set[str]:
        """Every text of every row of the tables that were written to, as the program reads it."""
        return {text for table in self.tables for text in _texts_of(table)}


def _texts_of(table: str) -> Iterator[str]:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.db_table == table:
            names = [field.attname for field in model._meta.concrete_fields]
            for row in model._base_manager.all():
                for name in names:
                    yield from _texts_in(getattr(row, name))


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
        if value.startswith("{"):  # what is sent on stands in a text as JSON
            with suppress(ValueError):
                yield from _texts_in(json.loads(value))
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts_in(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts_in(part)


@contextmanager
def watching() -> Iterator[Watch]:
    """Watch what is done within."""
    seen = Watch()
    make_form, make_formset = BaseForm.__init__, BaseFormSet.__init__

    def new_form(self: Any, *args: Any, **kwargs: Any) -> None:
        make_form(self, *args, **kwargs)
        seen.forms.append(self)

    def new_formset(self: Any, *args: Any, **kwargs: Any) -> None:
        make_formset(self, *args, **kwargs)
        seen.formsets.append(self)

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        table = WRITES.match(sql)
        if table and table[1] not in BESIDE:
            seen.tables.add(table[1])
        return execute(sql, params, many, context)

    with (
        patch.object(BaseForm, "__init__", new_form),
        patch.object(BaseFormSet, "__init__", new_formset),
        connection.execute_wrapper(note),
    ):
        yield seen
