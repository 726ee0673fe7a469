"""Filters of the lists. Their choices are remembered for a minute: they are asked for on every page and hardly move."""

from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter, RelatedDropdownFilter

from customers.admin.row_keys import is_key
from customers.admin.scope import visible_rows
from customers.models import Customer

SECONDS = 60
Choices = list[tuple[Any, str]]


def remembered(request: HttpRequest, name: str, choices: Callable[[], Choices]) -> Choices:
    """The choices of a filter for this user, at most a minute old."""
    found: Choices = cache.get_or_set(f"filter:{name}:{request.user.pk}", choices, SECONDS)  # type: ignore[assignment]
    return found


class VisibleRelatedFilter(RelatedDropdownFilter):
    """A drop-down of the related rows that the user may see. Django's own lists every row there is."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Choices:
        """Pairs of key and name, in the related model's usual order."""
        related = field.remote_field.model

        def choices() -> Choices:
            ordering = self.field_admin_ordering(field, request, model_admin)
            rows = visible_rows(related, request.user)
            return [(row.pk, str(row)) for row in (rows.order_by(*ordering) if ordering else rows)]

        return remembered(request, related._meta.label, choices)


class CountryFilter(DropdownFilter):
    """Countries that some visible customer lives in."""

    title = _("country")
    parameter_name = "country"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        """The two-letter codes in use."""

        def choices() -> Choices:
            rows = Customer.objects.visible_to(request.user).exclude(country="").order_by("country")
            return [(code, code) for code in rows.values_list("country", flat=True).distinct()]

        return remembered(request, "country", choices)

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Customers of the chosen country."""
        return queryset.filter(country=self.value()) if self.value() else queryset


class OfCustomerFilter(DropdownFilter):
    """Rows with one customer at either end: how a customer's page leads to all of their relations."""

    title = _("customer")
    parameter_name = "customer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        """The customer that was asked for, by name: the list offers no others."""
        key = self.used_parameters.get(self.parameter_name)
        if key is None:
            return []
        found = Customer.objects.visible_to(request.user).filter(pk=key).first() if is_key(str(key)) else None
        return [(key, found.name if found else "–")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """The relations of the customer."""
        key = self.value()
        if key is None:
            return queryset
        return queryset.of(int(key)) if is_key(str(key)) else queryset.none()
