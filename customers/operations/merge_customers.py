from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.audit.origin import in_bulk
from customers.choices import PairState
from customers.models import Customer, DuplicatePair, Merge, User
from customers.operations.carry_flags import carry_flags
from customers.operations.choose_columns import (
    ATTRIBUTE,
    choose_columns,
    columns_written,
    set_columns,
    value_of,
)
from customers.operations.dismiss_pair import PairIsDecided
from customers.operations.emit import emit
from customers.operations.events_of_customers import MERGED, told_of
from customers.operations.keep_identifiers import refresh_identifiers
from customers.operations.move_contact_points import move_contact_points
from customers.operations.move_facts import move_facts
from customers.operations.move_pairs import move_pairs
from customers.operations.move_relations import lock_types, move_relations
from customers.operations.move_rows import Dropped, Moved, forget_rows, lock_rows, move_rows
from customers.operations.plain_rows import ChangedRows, plain
from customers.operations.record_activity import record_activity


class MergeRefused(Exception):
    """These two cannot be merged. Nothing was written."""


@transaction.atomic
def merge_customers(
    *,
    kept: Customer,
    gone: Customer,
    by: User | None,
    at: datetime,
    choices: Mapping[str, str] | None = None,
    pair: DuplicatePair | None = None,
    kept_version: int | None = None,
    gone_version: int | None = None,
) -> Merge:
    """Make two customers one. `gone` stays as a row that points to `kept` and keeps its history of scores; everything
    else goes over, and what cannot, because the same stands there already, is kept in the Merge, to be put back.

    `choices` names fields (`name`, `owner`, `attributes.CODE`) with "kept" or "gone"; where it says nothing, `kept`
    keeps its value and gets the other's where it has none. `pair` is the possible duplicate that is decided by it.

    Raises MergeRefused, StaleVersion, BadChoice, PairIsDecided."""
    _lock(kept, gone)
    _require_mergeable(kept, gone)
    kept.require_version(kept_version)
    gone.require_version(gone_version)
    _require_open(pair)
    merge = Merge(kept=kept, gone=gone, by=by, at=at)
    versions = record_activity(customer_ids=[kept.pk, gone.pk], at=at)
    old_country = kept.country
    merge.columns = _write_columns(kept, choose_columns(kept=kept, gone=gone, choices=choices or {}))
    with in_bulk():  # the merge holds every row that moves
        _move(merge, old_country=old_country)
        merge.facts = move_facts(gone_id=gone.pk, kept_id=kept.pk, versions=versions, at=at)
        forget_rows(gone.pk)
        refresh_identifiers(customers=[kept])
        carry_flags(kept=kept, gone=gone)
    gone.merged_into = kept
    gone.save_checked(update_fields=["merged_into", "updated_at"])
    merge.save(force_insert=True)
    emit(event=MERGED.code, subject=kept, data={**told_of(kept), "merged": gone.pk}, at=at)
    return merge


def _lock(kept: Customer, gone: Customer) -> None:
    """In the order in which other verbs lock: orders, relation types, then customers by key; tickets come after."""
    lock_rows(gone.pk)
    lock_types(gone.pk)
    for customer in sorted({kept, gone}, key=lambda customer: customer.pk):
        customer.refresh_from_db(from_queryset=Customer.objects.select_for_update())


def _require_mergeable(kept: Customer, gone: Customer) -> None:
    if kept.pk == gone.pk:
        raise MergeRefused(_("A customer cannot be merged with itself."))
    for customer in (kept, gone):
        if customer.merged_into_id is not None:
            raise MergeRefused(_("%(name)s was merged into another customer before.") % {"name": customer.name})
        if customer.erased_at is not None:
            raise MergeRefused(_("A person who was erased is not merged with anybody."))
    if kept.kind != gone.kind:
        raise MergeRefused(_("A person and an organisation cannot be one."))


def _require_open(pair: DuplicatePair | None) -> None:
    if pair is None:
        return
    pair.refresh_from_db(from_queryset=DuplicatePair.objects.select_for_update())
    if pair.state != PairState.OPEN:
        raise PairIsDecided(pair)


def _write_columns(kept: Customer, changes: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Save what changes; returns what stood before and what stands now, for Merge.columns."""
    written = {name: {"before": plain(value_of(kept, name)), "after": plain(new)} for name, new in changes.items()}
    for name in written:
        if name.startswith(ATTRIBUTE) and name.removeprefix(ATTRIBUTE) not in kept.attributes:
            del written[name]["before"]
    set_columns(kept, changes)
    kept.save_checked(update_fields=[*columns_written(changes), "updated_at"])
    return written


def _move(merge: Merge, *, old_country: str) -> None:
    """Have everything of the one lead to the other, and note in the merge what went and what could not."""
    kept, gone, changed = merge.kept, merge.gone, ChangedRows()
    moved: Moved = {}
    dropped: Dropped = {}
    for went, stayed in (
        move_rows(gone=gone, kept=kept),
        move_relations(gone=gone, kept=kept),
        move_contact_points(gone=gone, kept=kept, old_country=old_country, changed=changed),
        move_pairs(gone=gone, kept=kept, by=merge.by, at=merge.at, changed=changed),
    ):
        moved |= went
        dropped |= stayed
    merge.moved, merge.dropped, merge.changed = moved, dropped, changed.as_dict()
