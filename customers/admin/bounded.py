"""Rows on the page of their owner, as many as a page bears: what a browser claims to have sent is not believed."""

import re
from typing import Any

from django.forms.formsets import TOTAL_FORM_COUNT
from django.http import HttpRequest
from django.utils.translation import ngettext_lazy

# More at once is a list, to be imported, or a slip of the wire.
MOST_ROWS = 200


class BoundedFormSet:
    """A formset that, told of more rows than a page bears, shows those that were really sent, and says so."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        words = ngettext_lazy(
            "Nothing was saved: at most %(num)d row fits on this page. Save some of them, then add the others.",
            "Nothing was saved: at most %(num)d rows fit on this page. Save some of them, then add the others.",
            "num",
        )
        super().__init__(*args, **{"error_messages": {"too_many_forms": words}, **kwargs})

    def total_form_count(self: Any) -> int:
        """How many rows there are."""
        count: int = super().total_form_count()  # type: ignore[misc]
        return min(count, self._sent()) if self.is_bound and self._is_too_much() else count

    def full_clean(self: Any) -> None:
        """As ever; the page that says what is wrong counts its rows itself."""
        is_too_much = self.is_bound and self._is_too_much()
        super().full_clean()  # type: ignore[misc]
        if is_too_much:
            count = len(self.forms)
            self.data = self.data.copy()
            self.data[self.management_form.add_prefix(TOTAL_FORM_COUNT)] = str(count)
            del self.__dict__["management_form"]

    def _is_too_much(self: Any) -> bool:
        return bool(self.management_form.cleaned_data[TOTAL_FORM_COUNT] > self.absolute_max)

    def _sent(self: Any) -> int:
        """The number of rows of which anything was sent."""
        name = re.compile(rf"{re.escape(self.prefix)}-(\d{{1,9}})-")
        return max((int(found[1]) + 1 for key in self.data if (found := name.match(key))), default=0)


class Bounded:
    """An inline of so many rows. Those that stand already may be more: they stay editable."""

    def get_formset(self: Any, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """The class of the formset."""
        most = MOST_ROWS
        if request.method == "POST" and obj is not None:
            most = max(most, self._standing(obj))
        bounds = {"absolute_max": max(most, self.max_num or 0), "max_num": self.get_max_num(request, obj) or most}
        found = super().get_formset(request, obj, **{**bounds, **kwargs})  # type: ignore[misc]
        return type(found.__name__, (BoundedFormSet, found), {})

    def _standing(self: Any, obj: Any) -> int:
        from django.forms.models import _get_foreign_key

        key = _get_foreign_key(self.parent_model, self.model, fk_name=self.fk_name)
        return int(self.model._base_manager.filter(**{key.name: obj}).count())
