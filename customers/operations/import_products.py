from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from customers.models import Category, Product, Team
from customers.operations.import_rows import (
    Refuse,
    Tally,
    check_row,
    insert_rows,
    rows_by_source,
    set_what_differs,
    update_rows,
    without_repeats,
)
from customers.operations.records import Counts, ProductRecord, Refused


@transaction.atomic
def import_products(
    *, source: str, records: Sequence[ProductRecord], team: Team, at: datetime, refuse: Refuse
) -> Counts:
    """Bring a batch of products in, each known by (source, source_id); a category is made when it is missing.

    What is empty in a record says nothing: it never blanks what is here. The catalogue belongs to all teams."""
    tally = Tally(refuse)
    records = without_repeats(records, tally)
    categories = _category_keys(records)
    here = rows_by_source(Product, source, (r.source_id for r in records))
    new: list[Product] = []
    changed: list[tuple[Product, list[str]]] = []
    for record in records:
        try:
            row = here.get(record.source_id) or Product(source=source, source_id=record.source_id)
            names = set_what_differs(row, _values(record, categories))
            if names:
                check_row(row, leave_out=("category",))
        except Refused as refused:
            tally.refuse(record.source_id, str(refused))
            continue
        if row._state.adding:
            new.append(row)
        else:
            tally.found(changed=bool(names))
            if names:
                changed.append((row, names))
    update_rows(Product, changed, at=at)
    written = insert_rows(Product, new, refuse=lambda row, reason: tally.refuse(str(row.source_id), reason))
    tally.counts.created += len(written)
    return tally.counts


def _values(record: ProductRecord, categories: dict[str, int]) -> dict[str, Any]:
    values: dict[str, Any] = {"sku": record.sku, "name": record.name}
    if record.category:
        if record.category.casefold() not in categories:
            raise Refused("category: longer than 150 characters or not storable")
        values["category_id"] = categories[record.category.casefold()]
    if record.list_price is not None:
        values["list_price"] = record.list_price
    if record.currency:
        values["currency"] = record.currency
    return values


def _category_keys(records: Sequence[ProductRecord]) -> dict[str, int]:
    """Keys of the categories by case-folded name; makes those that are missing."""
    keys = {name.casefold(): pk for name, pk in Category.objects.values_list("name", "pk")}
    for name in dict.fromkeys(r.category for r in records if r.category):
        if name.casefold() in keys:
            continue
        try:
            check_row(Category(name=name), leave_out=("parent",))
        except Refused:
            continue  # the products of this category are refused by name
        keys[name.casefold()] = Category.objects.get_or_create(name=name)[0].pk
    return keys
