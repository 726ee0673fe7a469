from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Category, Product, Team
from customers.operations.check_row import check_row
from customers.operations.import_rows import (
    Tally,
    in_words,
    insert_rows,
    set_what_differs,
    update_rows,
    without_repeats,
)
from customers.operations.records import Counts, ProductRecord, Refused
from customers.operations.source import Changes, Report, Source


@transaction.atomic
def import_products(
    *, source: Source, records: Sequence[ProductRecord], team: Team, at: datetime, report: Report
) -> Counts:
    """Bring a batch of products in, each known by (source, source_id); a category is made when it is missing.

    What is empty in a record says nothing: it never blanks what is here. The catalogue belongs to all teams."""
    tally = Tally(report)
    records = without_repeats(records, tally)
    categories = _category_keys(source, records)
    here = source.rows(Product, (r.source_id for r in records))
    new: list[Product] = []
    changed: list[tuple[Product, Changes]] = []
    for record in records:
        try:
            row = here.get(record.source_id) or Product(source=source.name, source_id=record.source_id)
            before = set_what_differs(row, _values(record, categories))
            if before:
                check_row(row, leave_out=("category",))
        except Refused as refused:
            tally.refuse(record.source_id, str(refused), record.name)
            continue
        if row._state.adding:
            new.append(row)
        else:
            tally.found(record.source_id, row.name, changed=in_words(row, before))
            if before:
                changed.append((row, before))
    if source.rehearsal:
        for row in new:
            tally.create(str(row.source_id), row.name)
        source.make_up(Product, (str(row.source_id) for row in new))
        return tally.counts
    update_rows(Product, changed, at=at)
    written = insert_rows(Product, new, refuse=lambda row, reason: tally.refuse(str(row.source_id), reason))
    for row in written:
        tally.create(str(row.source_id), row.name)
    source.wrote(Product, kind="products", created=written, changed=changed)
    return tally.counts


def _values(record: ProductRecord, categories: dict[str, int]) -> dict[str, Any]:
    values: dict[str, Any] = {"sku": record.sku, "name": record.name}
    if record.category:
        if record.category.casefold() not in categories:
            raise Refused(_("category: longer than 150 characters or not storable"))
        values["category_id"] = categories[record.category.casefold()]
    if record.list_price is not None:
        values["list_price"] = record.list_price
    if record.currency:
        values["currency"] = record.currency
    return values


def _category_keys(source: Source, records: Sequence[ProductRecord]) -> dict[str, int]:
    """Keys of the categories by case-folded name; makes those that are missing; a rehearsal makes keys below zero
    up."""
    keys = {name.casefold(): pk for name, pk in Category.objects.values_list("name", "pk")}
    made: list[Category] = []
    for name in dict.fromkeys(r.category for r in records if r.category):
        if name.casefold() in keys:
            continue
        try:
            check_row(Category(name=name), leave_out=("parent",))
        except Refused:
            continue  # the products of this category are refused by name
        if source.rehearsal:
            keys[name.casefold()] = -len(keys) - 1
            continue
        category, is_new = Category.objects.get_or_create(name=name)
        keys[name.casefold()] = category.pk
        made += [category] if is_new else []
    source.wrote(Category, created=made)
    return keys
