"""What is put down on a customer's page without leaving it: interactions and consent."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.admin.customer_page import customer_page, visible_customer
from customers.admin.page_forms import ConsentForm, InteractionForm
from customers.models import Consent
from customers.operations.log_interaction import log_interaction
from customers.operations.may_contact import may_contact
from customers.operations.record_consent import record_consent


def log(model_admin: Any, request: HttpRequest, pk: int, *, at: datetime) -> HttpResponse:
    """Take the form of the page; a refused one is shown again with what was typed."""
    customer = visible_customer(model_admin, request, pk)
    if not request.user.has_perm("customers.add_interaction"):
        raise PermissionDenied
    form = InteractionForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return customer_page(model_admin, request, pk, at=at, opened={"interaction_form": form})
    given = form.cleaned_data
    interaction = log_interaction(
        customer=customer,
        kind=given["kind"],
        direction=given["direction"],
        subject=given["subject"],
        body=given["body"],
        author=request.user,  # type: ignore[arg-type]
        happened_at=given["at"],
        seconds=None if given["minutes"] is None else 60 * given["minutes"],
        at=at,
    )
    messages.success(request, _("“%(subject)s” is on the timeline.") % {"subject": interaction.subject})
    return HttpResponseRedirect(reverse("admin:customers_customer_page", args=[pk]) + "#timeline")


def consent(model_admin: Any, request: HttpRequest, pk: int, *, at: datetime) -> HttpResponse:
    """Put down what the customer allowed or forbade."""
    customer = visible_customer(model_admin, request, pk)
    if not request.user.has_perm("customers.add_consent"):
        raise PermissionDenied
    form = ConsentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = record_consent(customer=customer, by=request.user, at=at, **form.columns())  # type: ignore[arg-type]
        except ValidationError as error:
            for name, problems in error.message_dict.items():
                form.add_error({"at": "said_at"}.get(name, name), problems)
        else:
            _say(request, row, at=at)
            return HttpResponseRedirect(reverse("admin:customers_customer_page", args=[pk]) + "#identity")
    return customer_page(model_admin, request, pk, at=at, opened={"consent_form": form})


def _say(request: HttpRequest, row: Consent, *, at: datetime) -> None:
    messages.success(request, _("What they said is on record."))
    allowed = may_contact(customer=row.customer, purpose=row.purpose, channel=row.channel, at=at)
    if row.is_given and not allowed:
        text = _("They may still not be contacted for it: a later or wider no stands. See the history.")
        messages.warning(request, text)
