from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils.translation import gettext as _

from customers.audit.origin import in_bulk
from customers.choices import OnMerge
from customers.models import ContactPoint, Customer, Merge, Relation, User
from customers.operations.choose_columns import ATTRIBUTE, columns_written, set_columns, value_of
from customers.operations.customer_links import customer_links
from customers.operations.emit import emit
from customers.operations.events_of_customers import UPDATED, told_of
from customers.operations.move_contact_points import settle_phones
from customers.operations.move_facts import move_facts_back
from customers.operations.move_pairs import LABEL as PAIRS
from customers.operations.move_pairs import move_pairs_back
from customers.operations.move_relations import lock_types, put_relations_back
from customers.operations.move_rows import lock_moved, move_along, move_back
from customers.operations.plain_rows import Plain, change_back, column_value, plain, put_back
from customers.operations.record_activity import record_activity
from customers.operations.survivor import survivors

RELATIONS = Relation._meta.label


class UndoRefused(Exception):
    """This merge cannot be undone, or not now. Nothing was written."""


@dataclass(slots=True)
class Undone:
    """What came of it: `edited` are the fields of the kept customer that somebody changed since, and that stay as they
    are; `missing` are the rows, by model, that something stands in the way of."""

    merge: Merge
    edited: list[str] = field(default_factory=list)
    missing: dict[str, int] = field(default_factory=dict)


@transaction.atomic
def undo_merge(*, merge: Merge, by: User | None, at: datetime) -> Undone:
    """Make two of one again. Whatever went over goes back as it stands now, with what came to it since; what came to
    the kept customer otherwise stays there. What could not go over is put back under the keys that it had.

    Raises UndoRefused where it was undone before, or where the kept one was merged on since: that goes first."""
    kept, gone = merge.kept, merge.gone
    _lock(merge, kept, gone)
    _require_undoable(merge, kept, gone)
    gone.merged_into = None
    gone.save_checked(update_fields=["merged_into", "updated_at"])
    versions = record_activity(customer_ids=[kept.pk, gone.pk], at=at)
    undone = Undone(merge)
    country = kept.country
    undone.edited = _put_columns_back(merge, kept)
    moved = dict(merge.moved)
    with in_bulk():  # the merge holds every row that moves
        move_pairs_back(moved.pop(PAIRS, {}), kept_id=kept.pk, gone_id=gone.pk)
        move_back(moved, kept_id=kept.pk, gone_id=gone.pk)
        move_along(moved, kept_id=kept.pk, gone_id=gone.pk)
        change_back(merge.changed)
        _settle_phones(merge, kept, gone, country)
        undone.missing = _put_rows_back(merge)
        move_facts_back(merge=merge, versions=versions, at=at)
    merge.undone_at, merge.undone_by = at, by
    merge.save(update_fields=["undone_at", "undone_by"])
    for customer, other in ((kept, gone), (gone, kept)):
        emit(event=UPDATED.code, subject=customer, data={**told_of(customer), "unmerged": other.pk}, at=at)
    return undone


def _lock(merge: Merge, kept: Customer, gone: Customer) -> None:
    """In the order in which a merge locks."""
    lock_moved(merge.moved)
    lock_types(kept.pk, merge.dropped.get(RELATIONS, ()))
    for customer in sorted([kept, gone], key=lambda customer: customer.pk):
        customer.refresh_from_db(from_queryset=Customer.objects.select_for_update())
    merge.refresh_from_db(fields=["undone_at", "undone_by"])


def _require_undoable(merge: Merge, kept: Customer, gone: Customer) -> None:
    if merge.undone_at is not None:
        raise UndoRefused(_("This merge was undone before."))
    if kept.erased_at is not None:
        raise UndoRefused(_("This person was erased: there is nothing that could be put back."))
    if kept.merged_into is not None:
        text = _("%(name)s was merged into %(into)s since. Undo that merge first.")
        raise UndoRefused(text % {"name": kept.name, "into": kept.merged_into.name})
    if gone.merged_into_id != kept.pk:
        raise UndoRefused(_("These two are not merged any more."))


def _put_columns_back(merge: Merge, kept: Customer) -> list[str]:
    """Put back what stood before where the merge's value still stands; returns the fields where it does not."""
    back: dict[str, Any] = {}
    edited = []
    for name, value in merge.columns.items():
        if plain(value_of(kept, name)) != value["after"] or not _may_stand(kept, name, value.get("before")):
            edited.append(name)
        else:
            back[name] = _read(kept, name, value.get("before"))
    set_columns(kept, back)
    kept.save_checked(update_fields=[*columns_written(back), "updated_at"])
    return edited


def _read(kept: Customer, name: str, value: Any) -> Any:
    return value if name.startswith(ATTRIBUTE) else column_value(kept._meta.get_field(name), value)  # type: ignore[arg-type]


def _may_stand(kept: Customer, name: str, value: Any) -> bool:
    """Whether the team or the owner of before is still here."""
    if name not in ("team", "owner") or value is None:
        return True
    target: Any = kept._meta.get_field(name).related_model
    return bool(target._base_manager.filter(pk=value).exists())


def _settle_phones(merge: Merge, kept: Customer, gone: Customer, country: str) -> None:
    """Numbers that came or changed since were read in the country that `kept` had until now."""
    untouched = set(merge.changed.get(ContactPoint._meta.label, {}))
    for customer in (kept, gone):
        points = [point for point in ContactPoint.objects.filter(customer=customer) if str(point.pk) not in untouched]
        settle_phones(points, old_country=country, new_country=customer.country)


def _put_rows_back(merge: Merge) -> dict[str, int]:
    """Insert what could not go over; returns how many of each model could not be put back."""
    missing = {}
    for label, rows in merge.dropped.items():
        put = put_relations_back if label == RELATIONS else partial(put_back, apps.get_model(label))
        _written, refused = put(_led_to_survivors(label, rows))
        if refused:
            missing[label] = len(refused)
    return missing


def _led_to_survivors(label: str, rows: list[Plain]) -> list[Plain]:
    """The rows, leading to whom the customers that they name were merged into since."""
    names = [f"{link.field}_id" for link in customer_links(*OnMerge) if link.label == label]
    into = survivors(customer_ids={row[name] for row in rows for name in names} - {None})
    return [row | {name: into.get(row[name], row[name]) for name in names} for row in rows]
