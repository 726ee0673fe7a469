"""What a customer prefers, with all reasons, and what they said of it: put down here."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from analytics.admin.offers import offers_context
from analytics.admin.preference_display import preference_card
from analytics.choices import Liking
from analytics.models import PreferenceProfile, StatedPreference
from analytics.operations.goes_with import goes_with
from analytics.operations.product_reasons import override_of
from analytics.operations.recent_views import recent_views
from analytics.operations.state_preference import state_preference
from customers.admin.customer_page import page_frame, visible_customer
from customers.admin.page_forms import MomentInput, Plain
from customers.models import Category, Customer, Product
from customers.operations.why_not_profiled import why_not_profiled

# The page shows so many of the newest statements.
SHOWN = 50
# And so many of the newest views of each category.
VIEWS_SHOWN = 5


class StatedForm(Plain, forms.Form):
    """What the customer said of a category or a product."""

    liking = forms.TypedChoiceField(
        label=gettext_lazy("They said"),
        choices=[(row.value, row.label) for row in Liking],
        coerce=int,
        initial=Liking.LIKES.value,
        widget=forms.RadioSelect,
    )
    category = forms.ModelChoiceField(
        Category.objects.order_by("name"), label=gettext_lazy("Category"), required=False, empty_label="–"
    )
    product = forms.CharField(
        label=gettext_lazy("or product"),
        max_length=255,
        required=False,
        help_text=gettext_lazy("Its SKU or its whole name."),
        widget=forms.TextInput(attrs={"list": "stated-products", "autocomplete": "off"}),
    )
    source = forms.CharField(
        label=pgettext_lazy("statement", "Where"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Phone call, visit, survey ..."),
    )
    said_at = forms.DateTimeField(
        label=gettext_lazy("When"), required=False, widget=MomentInput, help_text=gettext_lazy("Empty: now.")
    )

    def clean_product(self) -> Product | None:
        """The product that was named."""
        text = self.cleaned_data["product"].strip()
        if not text:
            return None
        found = list(Product.objects.filter(sku=text)) or list(Product.objects.filter(name__iexact=text)[:2])
        if not found:
            raise ValidationError(_("There is no product with this SKU or name."))
        if len(found) > 1:
            raise ValidationError(_("Several products have this name: give the SKU."))
        return found[0]


def preferences_page(model_admin: Any, request: HttpRequest, pk: int, *, at: datetime) -> HttpResponse:
    """Render the page; a POST puts down a statement and comes back. A refused form is shown with what was typed."""
    customer = visible_customer(model_admin, request, pk)
    if not request.user.has_perm("analytics.view_preferenceprofile"):
        raise PermissionDenied
    if reason := why_not_profiled(customer=customer):
        context = {**page_frame(model_admin, request, customer, tab="preferences"), "reason": reason}
        return TemplateResponse(request, "admin/analytics/not_profiled.html", context)
    may_state = request.user.has_perm("analytics.add_statedpreference")
    form = StatedForm(request.POST or None)
    if request.method == "POST":
        if not may_state:
            raise PermissionDenied
        if form.is_valid() and _state(request, customer, form, at):
            return HttpResponseRedirect(reverse("admin:customers_customer_preferences", args=[pk]) + "#said")
    user: Any = request.user
    profile = PreferenceProfile.objects.select_related("version").filter(pk=pk).first()
    unbought = [row["product"] for row in profile.products if not row["bought"]] if profile else []
    companions = goes_with(profile=profile, products=unbought) if profile and unbought else {}
    may_see_views = profile is not None and request.user.has_perm("analytics.view_event")
    looked = recent_views(profile=profile, user=user, most=VIEWS_SHOWN) if profile and may_see_views else []
    may_see_said = request.user.has_perm("analytics.view_statedpreference")
    said = StatedPreference.objects.filter(customer=customer).select_related("category", "product", "recorded_by")
    rows = list(said[:SHOWN]) if may_see_said else []
    context = {
        **page_frame(model_admin, request, customer, tab="preferences"),
        "profile": profile,
        "preferences": preference_card(profile, companions, has_views=bool(looked)),
        "looked": looked,
        "override": override_of(profile) if profile else "",
        "is_stale": profile is not None and profile.activity_version != customer.activity_version,
        "said": rows,
        "in_force": _in_force(rows),
        "form": form if may_state else None,
        **offers_context(customer, profile, request, at=at),
    }
    return TemplateResponse(request, "admin/analytics/preferences_page.html", context)


def _state(request: HttpRequest, customer: Customer, form: StatedForm, at: datetime) -> bool:
    user: Any = request.user
    try:
        row = state_preference(customer=customer, by=user, at=at, **form.cleaned_data)
    except ValidationError as error:
        for name, problems in error.message_dict.items():
            form.add_error({"at": "said_at"}.get(name, name), problems)
        return False
    messages.success(
        request,
        _("On record: %(what)s. The profile follows in a moment.") % {"what": row},
    )
    return True


def _in_force(rows: list[StatedPreference]) -> set[int]:
    """The keys of the statements that hold: the newest of each thing, unless it took the others back."""
    newest: dict[tuple[int | None, int | None], StatedPreference] = {}
    for row in rows:
        newest.setdefault((row.category_id, row.product_id), row)
    return {row.pk for row in newest.values() if row.liking}
