"""The contact points of a customer who is merged into another. A phone number keeps its meaning: one that was written
for its own country is written out internationally where it comes to another."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F

from customers.choices import ContactKind
from customers.encryption.blind_index import blind_index, normalise_phone
from customers.encryption.fields import EncryptedTextField, open_text, seal_text
from customers.models import ContactPoint, Customer
from customers.operations.move_rows import Dropped, Moved
from customers.operations.plain_rows import ChangedRows, plain_rows
from customers.operations.source import ranges

FIELD: Any = ContactPoint._meta.get_field("value")


def move_contact_points(
    *, gone: Customer, kept: Customer, old_country: str, changed: ChangedRows
) -> tuple[Moved, Dropped]:
    """Have the contact points of `gone` lead to `kept`, whose country may just have changed from `old_country`.

    Deleted and returned: those that `kept` has too. Of each kind the primary one of `kept` stays it."""
    points = list(ContactPoint.objects.filter(customer__in=[gone.pk, kept.pk]).order_by("created_at", "id"))
    mine = [point for point in points if point.customer_id == kept.pk]
    theirs = [point for point in points if point.customer_id == gone.pk]
    taken = {(point.kind, point.blind_index) for point in mine}
    for point in mine:
        values = read_for(point, old_country, kept.country)
        if values and (point.kind, values["blind_index"]) not in taken - {(point.kind, point.blind_index)}:
            taken.add((point.kind, values["blind_index"]))
            changed.write(point, **values)
    primaries = {point.kind for point in mine if point.is_primary}
    going, twins = [], []
    for point in theirs:
        values = read_for(point, gone.country, kept.country)
        key = (point.kind, values.get("blind_index", point.blind_index))
        if key in taken:
            twins.append(point.pk)
            continue
        taken.add(key)
        if point.is_primary and point.kind in primaries:
            values["is_primary"] = False
        going.append((point, values))
    return _write(going, twins, kept, changed)


def _write(
    going: list[tuple[ContactPoint, dict[str, Any]]], twins: list[Any], kept: Customer, changed: ChangedRows
) -> tuple[Moved, Dropped]:
    label = ContactPoint._meta.label
    leaving = ContactPoint.objects.filter(pk__in=twins)
    dropped = {label: plain_rows(leaving)} if twins else {}
    leaving.delete()
    for point, values in going:
        if values:
            changed.write(point, **values)
    keys = [point.pk for point, _ in going]
    ContactPoint.objects.filter(pk__in=keys).update(customer=kept, version=F("version") + 1)
    return ({label: {"customer": ranges(keys)}} if keys else {}), dropped


def read_for(point: ContactPoint, old_country: str, new_country: str) -> dict[str, Any]:
    """The columns that change in a phone number whose customer is now of another country: none where it reads the same
    there. Leaves `point` as it is."""
    if point.kind != ContactKind.PHONE or old_country == new_country:
        return {}
    sealed = point.__dict__["value"]
    text = sealed if isinstance(sealed, str) else open_text(sealed, bound_to=FIELD.bound_to(point))
    before = normalise_phone(text, region=old_country)
    if before == normalise_phone(text, region=new_country):
        return {}
    if before.startswith("+"):  # it could be read: it goes on meaning that
        return {"value": seal_text(before, bound_to=FIELD.bound_to(point)), "blind_index": point.blind_index}
    return {"blind_index": blind_index(point.kind, text, region=new_country)}


def settle_phones(points: Iterable[ContactPoint], *, old_country: str, new_country: str) -> None:
    """Have these phone numbers read the same in another country; one that the customer has already stays as it is."""
    for point in points:
        values = read_for(point, old_country, new_country)
        same = ContactPoint.objects.filter(
            customer=point.customer_id, kind=point.kind, blind_index=values.get("blind_index", "")
        ).exclude(pk=point.pk)
        if values and not same.exists():
            ContactPoint.objects.filter(pk=point.pk).update(**values, version=F("version") + 1)


assert isinstance(FIELD, EncryptedTextField)  # noqa: S101 - for the type checker
