from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from customers.encryption.blind_index import blind_index
from customers.models import ContactPoint, Customer
from customers.operations.add_contact_point import HasItAlready, add_contact_point
from customers.operations.clean_attributes import clean_attributes
from customers.operations.emit import emit
from customers.operations.ensure_tags import ensure_tags, label_customers
from customers.operations.events_of_customers import UPDATED, told_of
from customers.operations.look_for_duplicates import TELLING, look_for_duplicates
from customers.operations.record_activity import record_activity
from customers.operations.record_labels import record_labels
from customers.operations.records import ContactRecord


@transaction.atomic
def update_customer(
    *,
    customer: Customer,
    changes: dict[str, Any],
    at: datetime,
    contact_points: Iterable[ContactRecord] | None = None,
    tags: Iterable[str] | None = None,
    require_attributes: bool = False,
    expected_version: int | None = None,
) -> Customer:
    """Change columns of a customer and, unless None, replace the ways to reach it (what stays keeps its row) and the
    tags (by name; made where they are missing). Attributes that are given replace those that stand; a value that stands
    already is kept whatever its definition says now.

    Raises StaleVersion; BadAttributes; HasItAlready where two contact points are the same; ValidationError where
    relations on record need the kind that stood."""
    customer.refresh_from_db(from_queryset=Customer.objects.select_for_update())
    customer.require_version(expected_version)
    if customer.erased_at is not None:
        raise ValidationError(_("This person was erased: the row stays as it is. Make a new customer."))
    old_country = customer.country
    if "attributes" in changes:
        changes = {**changes, "attributes": _attributes(customer, changes, require_attributes)}
    for name, value in changes.items():
        setattr(customer, name, value)
    if "kind" in changes:
        customer.clean()
    customer.save_checked(update_fields=[*changes, "updated_at"])
    if contact_points is not None:
        _replace(customer, list(contact_points), at=at)
    if tags is not None:
        _replace_tags(customer, tags)
    if customer.country != old_country:
        _read_phones_anew(customer)
    record_activity(customer_ids=[customer.pk], at=at)
    if contact_points is not None or not TELLING.isdisjoint(changes):
        look_for_duplicates(customers=[customer], at=at)
    emit(event=UPDATED.code, subject=customer, data=told_of(customer), at=at)
    return customer


def _attributes(customer: Customer, changes: dict[str, Any], required: bool) -> dict[str, Any]:
    kind = changes.get("kind", customer.kind)
    return clean_attributes(kind=kind, values=changes["attributes"], kept=customer.attributes, required=required)


def _replace_tags(customer: Customer, names: Iterable[str]) -> None:
    wanted = {tag.pk for tag in ensure_tags(names=names).values()}
    worn = Customer.tags.through.objects.filter(customer=customer.pk).exclude(tag__in=wanted)
    taken = list(worn.values_list("customer_id", "tag_id"))
    worn.delete()
    record_labels(taken=taken)
    label_customers(pairs=[(customer.pk, pk) for pk in sorted(wanted)])


def _replace(customer: Customer, wanted: list[ContactRecord], *, at: datetime) -> None:
    kept = {(point.kind, point.blind_index): point for point in customer.contact_points.all()}
    keys = [(point.kind, blind_index(point.kind, point.value, region=customer.country)) for point in wanted]
    if len(set(keys)) < len(keys):
        raise HasItAlready
    gone = [point.pk for key, point in kept.items() if key not in keys]
    ContactPoint.objects.filter(pk__in=gone).delete()
    for key, point in zip(keys, wanted, strict=True):
        if key not in kept:
            add_contact_point(
                customer=customer,
                kind=point.kind,
                value=point.value,
                label=point.label,
                is_primary=point.is_primary,
                at=at,
            )
        else:
            _revise(kept[key], point)


def _revise(row: ContactPoint, point: ContactRecord) -> None:
    now, then = (point.value, point.label, point.is_primary), (row.value, row.label, row.is_primary)
    if now != then:
        row.value, row.label, row.is_primary = now
        row.save_checked()


def _read_phones_anew(customer: Customer) -> None:
    """A national number means another one in another country, so its blind index changes with the country."""
    for point in customer.contact_points.filter(kind="phone"):
        point.customer = customer
        point.save_checked()
