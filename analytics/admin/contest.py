"""Contesting a score: leaving a fact out of it, and taking that back, where its evidence is shown."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.http import urlencode
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.admin.subjects import Subject, Subjects
from analytics.operations.explain_score import explain_score
from analytics.operations.explanation import Explanation
from analytics.operations.moment_of import moment_of
from customers.admin.customer_page import visible_customer
from customers.choices import Factor
from customers.models import Customer, Observation
from customers.operations.exclude_fact import exclude_fact
from customers.operations.readmit_fact import readmit_fact
from customers.operations.record_activity import CustomerIsErased, CustomerIsMerged
from customers.operations.supersede_fact import BadDecision, FactIsPast

FIRST_YEAR, LAST_YEAR = 1900, 2200
MAY_CONTEST = "customers.change_observation"
Page = Callable[..., HttpResponse]


class ReadmitForm(forms.Form):
    """Why a fact counts again."""

    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=Observation._meta.get_field("reason").max_length, strip=True
    )

    def terms(self) -> dict[str, Any]:
        """What the operation is told."""
        return {"reason": self.cleaned_data["reason"]}


class ExcludeForm(ReadmitForm):
    """Why a fact is left out, and the last day of it."""

    until = forms.DateField(label=gettext_lazy("Until"), required=False)

    def clean_until(self) -> Any:
        """A day that can be reckoned with."""
        day = self.cleaned_data["until"]
        if day and not FIRST_YEAR <= day.year < LAST_YEAR:
            raise forms.ValidationError(_("This day is out of range."))
        return day

    def terms(self) -> dict[str, Any]:
        """What the operation is told: to the end of the day."""
        day = self.cleaned_data["until"]
        return {**super().terms(), "until": moment_of(day.isoformat()) if day else None}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A fact that somebody left out: what it said, who decided and why. is_new: not yet in the number shown."""

    pk: int
    subject: Subject
    at: datetime
    said: str
    reason: str
    decided: str
    is_new: bool
    may_return: bool


def exclude(model_admin: Any, request: HttpRequest, pk: int, fact: int, *, at: datetime, page: Page) -> HttpResponse:
    """Leave a fact out."""
    return _decide(model_admin, request, pk, fact, at=at, page=page, form=ExcludeForm, verb=exclude_fact)


def readmit(model_admin: Any, request: HttpRequest, pk: int, fact: int, *, at: datetime, page: Page) -> HttpResponse:
    """Take back that it was left out."""
    return _decide(model_admin, request, pk, fact, at=at, page=page, form=ReadmitForm, verb=readmit_fact)


def _decide(
    model_admin: Any,
    request: HttpRequest,
    pk: int,
    fact: int,
    *,
    at: datetime,
    page: Page,
    form: type[ReadmitForm],
    verb: Callable[..., Observation],
) -> HttpResponse:
    """The page with the form open; on POST, the decision. A refused form is shown again with what was typed."""
    customer = visible_customer(model_admin, request, pk)
    if not request.user.has_perm(MAY_CONTEST):
        raise PermissionDenied
    if not customer.is_profiled:  # there is no score that it could be left out of; the page says why
        return page(model_admin, request, pk, at=at, opened=None)
    row = Observation.objects.visible_to(request.user).filter(customer=customer, pk=fact).first()
    if row is None:
        raise Http404(_("There is no such fact, or you may not see it."))
    given = form(request.POST or None)
    if request.method == "POST" and given.is_valid():
        try:
            made = verb(observation=row, by=request.user, at=at, **given.terms())
        except BadDecision as refused:
            given.add_error(refused.field, str(refused))
        except (FactIsPast, CustomerIsErased, CustomerIsMerged) as refused:
            messages.error(request, str(refused))
            return _back(request, row)
        else:
            _tell(model_admin, request, customer, made, at=at)
            return _back(request, made)
    return page(model_admin, request, pk, at=at, opened=(fact, given))


def _back(request: HttpRequest, row: Observation) -> HttpResponse:
    address = reverse("admin:customers_customer_why", args=[row.customer_id])
    day = request.POST.get("as_of", "")
    query = f"?{urlencode({'as_of': day})}" if day else ""
    return HttpResponseRedirect(f"{address}{query}#{Factor(row.factor).name.lower()}")


def _tell(model_admin: Any, request: HttpRequest, customer: Customer, row: Observation, *, at: datetime) -> None:
    """Say what follows from it, and note it in the customer's history."""
    customer.refresh_from_db(fields=["activity_version"])
    found = explain_score(customer=customer, at=at)
    numbers = {"was": number_format(round(found.score, 1), 1), "now": number_format(round(found.now, 1), 1)}
    if row.is_exclusion:
        text = _("Left out. The score goes from %(was)s to %(now)s within two minutes.")
    else:
        text = _("It counts again. The score goes from %(was)s to %(now)s within two minutes.")
    messages.success(request, text % numbers)


def left_out_rows(found: Explanation, subjects: Subjects, factor: str) -> list[LeftOut]:
    """What the score of the page leaves out of a factor, and what was left out since."""
    code = Factor[factor.upper()]
    since = [change.row for change in found.changed_since if change.what == "excluded" and change.row.factor == code]
    then = [(row, False) for row in found.left_out(factor)]
    new = [(row, True) for row in since if row.superseded_version is None]
    return [_left_out(found, row, subjects, is_new=is_new) for row, is_new in (*then, *new)]


def _left_out(found: Explanation, row: Observation, subjects: Subjects, *, is_new: bool) -> LeftOut:
    return LeftOut(
        pk=row.pk,
        subject=subjects.of(row.subject_type, row.subject_id),
        at=row.at,
        said=found.said(row),
        reason=row.reason,
        decided=decided(row),
        is_new=is_new,
        may_return=row.superseded_version is None,
    )


def decided(row: Observation) -> str:
    """Who left a fact out, when and until when; or who took it back."""
    given = {
        "name": row.excluded_by or _("somebody who left"),
        "day": date_format(localtime(row.recorded_at), "SHORT_DATE_FORMAT"),
    }
    if not row.is_exclusion:
        return _("taken back by %(name)s on %(day)s") % given
    if row.excluded_until is None:
        return _("left out by %(name)s on %(day)s, for good") % given
    end = date_format(localtime(row.excluded_until), "SHORT_DATE_FORMAT")
    return _("left out by %(name)s on %(day)s, until %(end)s") % {**given, "end": end}
