"""Why a person cannot be erased now, in words. Higher rooms register theirs."""

from collections.abc import Callable, Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.choices import ON_THE_WAY, PrivacyFlagKind
from customers.models import Customer, Order
from customers.operations.set_privacy_flag import is_flag_set
from customers.operations.start_person_export import NoPerson, require_person

Hindrance = Callable[[Sequence[int]], Iterable[str]]

_others: list[Hindrance] = []


class ErasureRefused(Exception):
    """The erasure cannot be asked for, decided or carried out as things stand. Nothing was written."""


def register_hindrance(hindrance: Hindrance) -> None:
    """Have `hindrance(customer ids)` asked before anybody is erased. Called once a process, when the app is ready."""
    if hindrance not in _others:
        _others.append(hindrance)


def erasure_hindrances(*, customer: Customer, ids: Sequence[int]) -> list[str]:
    """The reasons, each with what to do; empty: the person may be erased."""
    try:
        require_person(customer)
    except NoPerson as refused:
        return [str(refused)]
    found = []
    if customer.merged_into_id is not None:
        text = _("This customer was merged into customer %(kept)d: erase that one, and this one goes as well.")
        found.append(text % {"kept": customer.merged_into_id})
    if any(is_flag_set(customer=row, kind=PrivacyFlagKind.HOLD) for row in Customer.objects.filter(pk__in=ids)):
        found.append(
            _("A legal hold stands: the data is needed for legal claims (GDPR art. 17(3)(e)). Take it off first.")
        )
    waiting = Order.objects.filter(customer__in=ids, status__in=ON_THE_WAY).count()
    if waiting:
        text = ngettext(
            "%(count)d order is on its way: deliver or cancel it first (GDPR art. 17(1)(a): still needed).",
            "%(count)d orders are on their way: deliver or cancel them first (GDPR art. 17(1)(a): still needed).",
            waiting,
        )
        found.append(text % {"count": waiting})
    return [*found, *(text for hindrance in _others for text in hindrance(ids))]
