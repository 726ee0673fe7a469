from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import CustomAttribute, Customer
from customers.operations.clean_attributes import fit_value
from customers.operations.import_rows import update_rows
from customers.operations.source import Changes, chunks
from customers.sql.attribute_values import customers_with


@transaction.atomic
def redefine_attribute(
    *, attribute: CustomAttribute, changes: dict[str, Any], at: datetime, expected_version: int | None = None
) -> CustomAttribute:
    """Change the definition of a custom attribute. Values that stand are brought into a new type where all of them can
    be read as it ("7" as 7, 7 as "7"); a choice that is taken away stays where it stands.

    Raises StaleVersion; ValidationError, also where values that stand do not fit, or the code of such an attribute is
    changed."""
    attribute.refresh_from_db(from_queryset=CustomAttribute.objects.select_for_update())
    attribute.require_version(expected_version)
    code, type, kind = attribute.code, attribute.type, attribute.kind
    for name, value in changes.items():
        setattr(attribute, name, value)
    attribute.full_clean()
    if attribute.code != code and customers_with(code).exists():
        raise ValidationError({"code": _("Customers have values under this code: it stays as it is.")})
    if attribute.kind not in ("", kind):
        _require_kind(attribute, code)
    if attribute.type != type:
        _retype(attribute, code, at)
    attribute.save_checked(update_fields=[*changes, "choices"])
    return attribute


def _require_kind(attribute: CustomAttribute, code: str) -> None:
    others = customers_with(code).exclude(kind=attribute.kind).count()
    if others:
        message = ngettext(
            "%(number)d customer of the other kind has a value: take it away first, or leave the attribute for both.",
            "%(number)d customers of the other kind have a value: take it away first, or leave the attribute for both.",
            others,
        )
        raise ValidationError({"kind": message % {"number": others}})


def _retype(attribute: CustomAttribute, code: str, at: datetime) -> None:
    keys = [pk for pk, _fits in _fitting(attribute, code)]
    misfits = sum(not fits for _pk, fits in _fitting(attribute, code))
    if misfits:
        message = ngettext(
            "%(misfits)d of the %(all)d values that stand does not fit: change it first, or leave the type.",
            "%(misfits)d of the %(all)d values that stand do not fit: change them first, or leave the type.",
            misfits,
        )
        raise ValidationError({"type": message % {"misfits": misfits, "all": len(keys)}})
    for ids in chunks(keys):
        update_rows(Customer, list(_converted(attribute, code, ids)), at=at)


def _fitting(attribute: CustomAttribute, code: str) -> Iterator[tuple[int, bool]]:
    """Each customer with a value, and whether it fits the definition as it is about to be."""
    for pk, attributes in customers_with(code).values_list("pk", "attributes").iterator(chunk_size=2000):
        try:
            fit_value(attribute, attributes[code])
        except ValueError:
            yield pk, False
        else:
            yield pk, True


def _converted(attribute: CustomAttribute, code: str, ids: list[int]) -> Iterator[tuple[Customer, Changes]]:
    for row in Customer.objects.select_for_update().filter(pk__in=ids).order_by("pk"):
        before = row.attributes
        if code not in before:
            continue
        value = fit_value(attribute, before[code])
        if value != before[code] or type(value) is not type(before[code]):
            row.attributes = {**before, code: value}
            yield row, {"attributes": before}
