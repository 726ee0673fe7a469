"""The orders behind a number of demand: `?bought=product:12&from=...&to=...`, as a forecast links to them."""

from datetime import datetime
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from customers.admin.row_keys import is_key
from customers.choices import OrderStatus
from customers.models import Category, OrderLine, Product, Segment
from customers.segments.condition import segment_customers
from customers.segments.definition import SegmentInvalid

ANYTHING = "anything"
BOUNDS = ("from", "to", "segment")
COLUMNS = {"product": ("product", Product), "category": ("product__category", Category)}


class BoughtFilter(DropdownFilter):
    """Orders that hold a product, or something of a category, or anything, and were not cancelled. It is offered only
    where a forecast or a tile of a dashboard leads to it."""

    title = _("in the forecast")
    parameter_name = "bought"

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        self.bounds = {name: value[-1] for name in BOUNDS if (value := params.pop(name, None))}
        super().__init__(request, params, model, model_admin)

    def expected_parameters(self) -> list[Any]:
        """With the bounds."""
        return [self.parameter_name, *BOUNDS]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The one that was asked for, with its time."""
        asked = self.used_parameters.get(self.parameter_name)
        if asked is None:
            return []
        days = [date_format(localtime(at), "SHORT_DATE_FORMAT") for at in self._span()]
        return [(asked, f"{self._thing(asked)}: {' – '.join(days)}")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """The orders."""
        asked = self.value()
        if asked is None:
            return queryset
        start, end = self._span()
        found = queryset.filter(ordered_at__gte=start, ordered_at__lt=end)
        if asked != ANYTHING:
            column, key = self._asked(asked)
            lines = OrderLine.objects.filter(order=OuterRef("pk"), quantity__gt=0, **{COLUMNS[column][0]: key})
            found = found.filter(Exists(lines))
        found = found.exclude(status=OrderStatus.CANCELLED)
        return self._of_segment(request, found)

    def _of_segment(self, request: HttpRequest, orders: Any) -> Any:
        asked = self.bounds.get("segment")
        if asked is None:
            return orders
        user: Any = request.user
        segment = Segment.objects.visible_to(user).filter(pk=asked).first() if is_key(asked) else None
        try:
            if segment is None:
                raise IncorrectLookupParameters
            customers = segment_customers(segment=segment, user=user, at=timezone.now())
        except SegmentInvalid as error:
            raise IncorrectLookupParameters from error
        return orders.filter(customer__in=customers.order_by().values("pk"))

    def _thing(self, asked: str) -> str:
        if asked == ANYTHING:
            return gettext("All orders")
        column, key = self._asked(asked)
        return str(COLUMNS[column][1]._default_manager.filter(pk=key).first() or "–")

    def _asked(self, text: str) -> tuple[str, int]:
        column, _colon, key = str(text).partition(":")
        if column not in COLUMNS or not is_key(key):
            raise IncorrectLookupParameters
        return column, int(key)

    def _span(self) -> tuple[datetime, datetime]:
        try:
            start, end = (datetime.fromisoformat(self.bounds[name].replace(" ", "+")) for name in ("from", "to"))
            if start.tzinfo is None or end.tzinfo is None:
                raise ValueError("without an offset")
        except (KeyError, ValueError) as error:
            raise IncorrectLookupParameters from error
        return start, end
