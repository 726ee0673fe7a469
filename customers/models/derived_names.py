"""Columns that follow from a customer's name: how it is searched, and how two of the same are told."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Lookup

from customers.folding import fold, grams_of_search, is_spaceless
from customers.matching.keys import name_key


class FoldedNameField(models.CharField):  # type: ignore[type-arg]
    """The name as it is searched, kept in step with it: by every save, and by bulk_create."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        folded = fold(getattr(model_instance, "name"))[: self.max_length]  # noqa: B009 - a model with a name
        setattr(model_instance, self.attname, folded)
        return folded


class NameKeyField(models.BigIntegerField):  # type: ignore[type-arg]
    """Equal for names that are the same but for writing, kept in step in the same way. 0: the name says nothing."""

    def pre_save(self, model_instance: models.Model, add: bool) -> int:
        customer: Any = model_instance
        key = name_key(customer.kind, customer.name)
        setattr(model_instance, self.attname, key)
        return key


# Columns that follow from others, and from which.
FOLLOWING = {"search_name": {"name"}, "name_key": {"name", "kind"}}


def following(names: Iterable[str]) -> list[str]:
    """The columns that change with these."""
    changed = set(names)
    return [column for column, sources in FOLLOWING.items() if sources & changed and column not in changed]


@FoldedNameField.register_lookup
class Holds(Lookup[str]):
    """`search_name__holds=word`: the folded name holds the folded word. One or two letters must begin a word: in the
    middle of words they would find everybody. A single Chinese character counts as a word.

    On PostgreSQL the function customers_name_grams and its GIN index (migration 0004) find the rows; LIKE, which all
    databases know, says in the end which are meant."""

    lookup_name = "holds"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """Every database: LIKE."""
        column, params = self.process_lhs(compiler, connection)
        patterns = _patterns(connection.ops.prep_for_like_query(self.rhs), is_short=len(self.rhs) < 3)
        escape = " ESCAPE '\\'" if connection.vendor == "sqlite" else ""
        return (
            "(" + " OR ".join(f"{column} LIKE %s{escape}" for _ in patterns) + ")",
            [value for pattern in patterns for value in (*params, pattern)],
        )

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """PostgreSQL: the index over the parts of the name first."""
        like, params = self.as_sql(compiler, connection)
        grams = grams_of_search(self.rhs)
        if not grams:
            return like, params
        column, column_params = self.process_lhs(compiler, connection)
        return f"(customers_name_grams({column}) @> %s AND {like})", [*column_params, grams, *params]


def _patterns(word: str, *, is_short: bool) -> list[str]:
    if is_short and not is_spaceless(word):
        return [f"{word}%", f"% {word}%"] if len(word) > 1 else [f"{word}%"]
    return [f"%{word}%"]
