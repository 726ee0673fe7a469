"""Rows that go over from one customer to another, whatever model they are of, and the way back."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from customers.choices import OnMerge
from customers.models import Customer
from customers.operations.customer_links import Link, customer_links
from customers.operations.plain_rows import Plain, next_version, plain_rows
from customers.operations.source import chunks, keys_in, ranges

Moved = dict[str, dict[str, list[Any]]]
"""{model label: {field: keys}}, keys as `ranges` writes them."""

Dropped = dict[str, list[Plain]]
"""{model label: rows}"""


def lock_rows(customer_id: int) -> None:
    """Lock the customer's rows that verbs lock before they lock the customer (orders, interactions), so that a merge
    and such a verb never wait for each other in a circle. Call it before the customers are locked. Verbs on rows of a
    model that says `locked_after_customer` (tickets) lock the customer first, and are kept out by that."""
    for link in customer_links(OnMerge.MOVE):
        if _locked_first(link):
            list(link.rows_of(customer_id).select_for_update().order_by("pk").values_list("pk", flat=True))


def _locked_first(link: Link) -> bool:
    return bool(next_version(link.model)) and not getattr(link.model, "locked_after_customer", False)


def move_rows(*, gone: Customer, kept: Customer) -> tuple[Moved, Dropped]:
    """Have every row of `gone` that may go over refer to `kept`; what stands there already is deleted and returned.

    Three statements a foreign key, however many rows there are."""
    moved: Moved = defaultdict(dict)
    dropped: Dropped = {}
    for link in customer_links(OnMerge.MOVE):
        twins = _take_out_twins(link, gone, kept)
        if twins:
            dropped.setdefault(link.label, []).extend(twins)
        rows = link.rows_of(gone.pk)
        keys = list(rows.order_by("pk").values_list("pk", flat=True))
        if keys:
            rows.update(**{link.field: kept.pk}, **next_version(link.model))
            moved[link.label][link.field] = ranges(keys)
    return dict(moved), dropped


def forget_rows(customer_id: int) -> None:
    """Delete what is computed anew for whoever is kept."""
    for link in customer_links(OnMerge.FORGET):
        link.rows_of(customer_id).delete()


def _take_out_twins(link: Link, gone: Customer, kept: Customer) -> list[Plain]:
    """Delete the rows of `gone` that a rule of uniqueness keeps from going over."""
    conflict = Q()
    for names in link.unique_with():
        same = {name: OuterRef(name) for name in names}
        conflict |= Q(Exists(link.rows_of(kept.pk).filter(**same)))
    if not conflict:
        return []
    twins = link.rows_of(gone.pk).filter(conflict)
    found = plain_rows(twins)
    if found:
        link.model._base_manager.filter(pk__in=[row[link.model._meta.pk.attname] for row in found]).delete()
    return found


def move_back(moved: Mapping[str, Mapping[str, list[Any]]], *, kept_id: int, gone_id: int) -> None:
    """Have the rows that are still here, and still belong to `kept`, refer to `gone` again."""
    for label, fields in moved.items():
        model: Any = apps.get_model(label)
        for field, keys in fields.items():
            for part in chunks(keys_in(keys)):
                rows = model._base_manager.filter(pk__in=part, **{field: kept_id})
                rows.update(**{field: gone_id}, **next_version(model))


def lock_moved(moved: Mapping[str, Mapping[str, list[Any]]]) -> None:
    """As `lock_rows`, for the way back."""
    for link in customer_links(OnMerge.MOVE):
        if _locked_first(link):
            for part in chunks(keys_in(moved.get(link.label, {}).get(link.field, ()))):
                rows = link.model._base_manager.filter(pk__in=part)
                list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))


def move_along(moved: Mapping[str, Mapping[str, list[Any]]], *, kept_id: int, gone_id: int) -> None:
    """Take along what came since the merge and belongs to a row that went back: the messages and ratings of a ticket,
    say. It stays with `kept` where that row counts for them too."""
    for link in customer_links(OnMerge.MOVE):
        for path, fields in _owners(link, moved):
            of_gone, of_kept = Q(), Q()
            for field in fields:
                of_gone |= Q(**{f"{path}__{field}": gone_id})
                of_kept |= Q(**{f"{path}__{field}": kept_id})
            rows = link.rows_of(kept_id).filter(of_gone).exclude(of_kept)
            keys = list(rows.values_list("pk", flat=True))
            for part in chunks(keys):
                link.model._base_manager.filter(pk__in=part).update(**{link.field: gone_id}, **next_version(link.model))


def _owners(link: Link, moved: Mapping[str, Mapping[str, list[Any]]]) -> list[tuple[str, list[str]]]:
    """The foreign keys of a model to rows that went over themselves, each with the columns that say whose those are."""
    links = customer_links(OnMerge.MOVE)
    found = []
    for column in link.model._meta.concrete_fields:
        target: Any = column.related_model if column.is_relation else None
        if target and target not in (Customer, link.model) and target._meta.label in moved:
            found.append((column.name, [other.field for other in links if other.model is target]))
    return found
