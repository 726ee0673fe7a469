"""What to offer a customer next, and putting down what came of it."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from analytics.choices import OfferOutcome
from analytics.models import Offer, PreferenceProfile
from analytics.operations.next_offers import REST, NextOffers, next_offers
from analytics.operations.record_offer import record_offer
from customers.admin.customer_page import visible_customer
from customers.choices import ConsentChannel
from customers.models import Customer, Product
from customers.operations.why_not_profiled import why_not_profiled

SHOWN = 10
TONES = {OfferOutcome.OFFERED: "fair", OfferOutcome.ACCEPTED: "good", OfferOutcome.DECLINED: "warn"}


class OutcomeForm(forms.Form):
    """Which product, and what came of it."""

    product = forms.ModelChoiceField(Product.objects.filter(is_active=True))
    outcome = forms.ChoiceField(choices=OfferOutcome.choices)


def offers_context(
    customer: Customer, profile: PreferenceProfile | None, request: HttpRequest, *, at: datetime
) -> dict[str, Any]:
    """What `admin/analytics/offers.html` needs; nothing for whoever may not see offers."""
    if not request.user.has_perm("analytics.view_offer"):
        return {}
    found: NextOffers = next_offers(customer=customer, profile=profile, at=at)
    return {
        "offers": [
            {"key": offer.row["product"], "name": offer.row["name"], "last": _shown(offer.last)}
            for offer in found.offers
        ],
        "offers_declined": found.declined,
        "offers_rest_days": REST.days,
        "offer_channels": [ConsentChannel(channel).label for channel in found.channels],
        "offers_log": [_shown(row) for row in found.log[:SHOWN]],
        "outcomes": [(outcome.value, outcome.label) for outcome in OfferOutcome],
        "may_offer": request.user.has_perm("analytics.add_offer"),
    }


def offer(model_admin: Any, request: HttpRequest, pk: int, *, at: datetime) -> HttpResponse:
    """Put down what came of an offer, and lead back to the page of preferences."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    customer = visible_customer(model_admin, request, pk)
    if not (request.user.has_perm("analytics.add_offer") and request.user.has_perm("analytics.view_preferenceprofile")):
        raise PermissionDenied
    form = OutcomeForm(request.POST)
    if reason := why_not_profiled(customer=customer):
        messages.error(request, reason)
    elif not form.is_valid():
        messages.error(request, _("Nothing was put down: choose a product that is on sale, and what came of it."))
    else:
        user: Any = request.user
        row = record_offer(customer=customer, by=user, at=at, **form.cleaned_data)
        messages.success(request, _("On record: %(what)s.") % {"what": row})
    return HttpResponseRedirect(reverse("admin:customers_customer_preferences", args=[pk]) + "#offers")


def _shown(row: Offer | None) -> dict[str, Any] | None:
    if row is None:
        return None
    outcome = OfferOutcome(row.outcome)
    return {"row": row, "words": outcome.label, "tone": TONES[outcome], "at": row.at}
