"""The page on which a calendar is given the public holidays of a country: choose, look, add."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from customers.models import StaleVersion
from services.admin.recompute_page import tell_stale
from services.models import Calendar
from services.operations.fill_holidays import FilledHolidays, fill_holidays, holidays_to_fill
from services.operations.public_holidays import (
    FIRST_YEAR,
    LAST_YEAR,
    MOST_YEARS,
    NoSuchHolidays,
    countries,
)

TEMPLATE = "admin/services/calendar/holidays.html"


class HolidaysForm(forms.Form):
    """Which holidays, of which years."""

    country = forms.ChoiceField(label=gettext_lazy("Country"))
    subdivision = forms.ChoiceField(label=gettext_lazy("Part of the country"), required=False)
    first = forms.IntegerField(label=gettext_lazy("From year"), min_value=FIRST_YEAR, max_value=LAST_YEAR)
    last = forms.IntegerField(label=gettext_lazy("Until year"), min_value=FIRST_YEAR, max_value=LAST_YEAR)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        fields: Any = self.fields
        fields["country"].choices = [("", "–"), *((code, code) for code in countries())]
        parts = countries().get(str(self.data.get("country", "")), [])
        fields["subdivision"].choices = [("", _("All of it")), *((code, code) for code in parts)]
        # Another country has other parts: the page asks anew, and the part that was chosen is none any more.
        fields["country"].widget.attrs["x-on:change"] = "$el.form.elements.subdivision.value = ''; $el.form.submit()"

    def clean(self) -> dict[str, Any]:
        """Years in order, and not too many."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = data.get("first"), data.get("last")
        if first and last and not 0 <= last - first < MOST_YEARS:
            self.add_error("last", _("Up to %(most)d years, the first one first.") % {"most": MOST_YEARS})
        return data

    def wanted(self) -> dict[str, Any]:
        """What the operation is told."""
        given = self.cleaned_data
        return {
            "country": given["country"],
            "subdivision": given["subdivision"],
            "years": range(given["first"], given["last"] + 1),
            "language": get_language() or "",
        }


def holidays_page(model_admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """GET shows the days that would be added; POST adds them, and goes back to the calendar."""
    calendar = model_admin.get_queryset(request).filter(pk=pk).first()
    if calendar is None:
        raise Http404(_("There is no such page, or you may not see it."))
    if not model_admin.has_change_permission(request, calendar):
        raise PermissionDenied
    given = request.POST if request.method == "POST" else request.GET
    year = timezone.localdate().year
    form = HolidaysForm(given or None, initial={"first": year, "last": year + 2})
    found, refusal, status = None, "", 422 if form.is_bound and form.errors else 200
    if form.is_bound and not form.errors:
        try:
            if request.method == "POST":
                return _add(request, calendar, form)
            found = holidays_to_fill(calendar=calendar, **form.wanted())
        except (NoSuchHolidays, StaleVersion) as error:
            refusal, status = str(error), 409 if isinstance(error, StaleVersion) else 422
    return _shown(model_admin, request, calendar, form, found, refusal, status)


def _add(request: HttpRequest, calendar: Calendar, form: HolidaysForm) -> HttpResponse:
    seen = request.POST.get("seen_version", "")
    expected = int(seen) if seen.isdecimal() and len(seen) < 10 else None
    done = fill_holidays(calendar=calendar, at=timezone.now(), expected_version=expected, **form.wanted())
    tell_stale(request)
    text = ngettext("%(count)d holiday was added.", "%(count)d holidays were added.", len(done.new))
    messages.success(request, text % {"count": len(done.new)})
    return HttpResponseRedirect(reverse("admin:services_calendar_change", args=[calendar.pk]))


def _shown(
    model_admin: Any,
    request: HttpRequest,
    calendar: Calendar,
    form: HolidaysForm,
    found: FilledHolidays | None,
    refusal: str,
    status: int,
) -> HttpResponse:
    days = sorted({**found.new, **found.known}.items()) if found else []
    request.current_app = model_admin.admin_site.name
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Public holidays"),
        "opts": model_admin.opts,
        "media": model_admin.media,
        "calendar": calendar,
        "form": form,
        "found": found,
        "days": [(day, name, found is not None and day in found.new) for day, name in days],
        "refusal": refusal,
    }
    return TemplateResponse(request, TEMPLATE, context, status=status)
