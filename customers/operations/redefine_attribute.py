from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import CustomAttribute, Customer
from customers.operations.clean_attributes import fit_value
from customers.operations.source import chunks
from customers.sql.attribute_values import customers_with, replace_values

# More would keep a request busy for longer than anybody waits.
MOST_CONVERTED = 100_000


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
    code, is_other_type = attribute.code, changes.get("type", attribute.type) != attribute.type
    require_fit(attribute, changes)
    attribute.save_checked(update_fields=[*changes, "choices"])
    if is_other_type:
        _convert(attribute, code, at=at)
    return attribute


def require_fit(attribute: CustomAttribute, changes: dict[str, Any]) -> None:
    """Put changes into a definition that was just read. Raises ValidationError where it is none any more, or where the
    values that stand do not fit it."""
    code, type, kind = attribute.code, attribute.type, attribute.kind
    for name, value in changes.items():
        setattr(attribute, name, value)
    attribute.full_clean()
    if attribute.code != code and customers_with(code).exists():
        raise ValidationError({"code": _("Customers have values under this code: it stays as it is.")})
    if attribute.kind not in ("", kind):
        _require_kind(attribute, code)
    if attribute.type != type:
        _require_type(attribute, code)


def _require_kind(attribute: CustomAttribute, code: str) -> None:
    others = customers_with(code).exclude(kind=attribute.kind).count()
    if others:
        message = ngettext(
            "%(number)d customer of the other kind has a value: take it away first, or leave the attribute for both.",
            "%(number)d customers of the other kind have a value: take it away first, or leave the attribute for both.",
            others,
        )
        raise ValidationError({"kind": message % {"number": others}})


def _require_type(attribute: CustomAttribute, code: str) -> None:
    standing = misfits = changed = 0
    for _pk, value in _values(code):
        standing += 1
        try:
            changed += _differs(value, fit_value(attribute, value))
        except ValueError:
            misfits += 1
    if misfits:
        message = ngettext(
            "%(misfits)d of the %(all)d values that stand does not fit: change it first, or leave the type.",
            "%(misfits)d of the %(all)d values that stand do not fit: change them first, or leave the type.",
            misfits,
        )
        raise ValidationError({"type": message % {"misfits": misfits, "all": standing}})
    if changed > MOST_CONVERTED:
        text = _("%(number)d values would have to be rewritten, more than %(most)d at once: add an attribute of the "
                 "other type, and fill it by an import.")  # fmt: skip
        raise ValidationError({"type": text % {"number": changed, "most": MOST_CONVERTED}})


def _convert(attribute: CustomAttribute, code: str, *, at: datetime) -> None:
    keys = [pk for pk, value in _values(code) if _differs(value, fit_value(attribute, value))]
    for ids in chunks(keys):
        rows = Customer.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk", "attributes")
        values = {pk: fit_value(attribute, attributes[code]) for pk, attributes in rows if code in attributes}
        replace_values(code, values, at=at)


def _values(code: str) -> Iterator[tuple[int, Any]]:
    for pk, attributes in customers_with(code).values_list("pk", "attributes").iterator(chunk_size=2000):
        yield pk, attributes[code]


def _differs(one: Any, other: Any) -> bool:
    return bool(one != other) or type(one) is not type(other)
