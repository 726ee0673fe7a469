"""The page about one customer that is read, and the interaction that is logged on it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.admin.attribute_display import attribute_rows
from customers.admin.words import language_name
from customers.choices import InteractionKind
from customers.models import Customer, Interaction, Relation
from customers.operations.log_interaction import log_interaction as record_interaction


@dataclass(frozen=True, slots=True)
class Sentence:
    """A relation as it reads from this customer's end: `verb` and the other party (None: us)."""

    relation: Relation
    verb: str
    other: Customer | None
    is_past: bool


class InteractionForm(forms.ModelForm):  # type: ignore[type-arg]
    """A call or a meeting, noted in place. When: now, unless said otherwise."""

    at = forms.DateTimeField(
        label=gettext_lazy("When"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=gettext_lazy("Empty: now."),
    )

    class Meta:
        model = Interaction
        fields = ["kind", "direction", "at", "subject", "body"]
        widgets = {"body": forms.Textarea(attrs={"rows": 3})}


def visible_customer(model_admin: Any, request: HttpRequest, pk: int) -> Customer:
    """The customer, or 404 when it is out of the user's sight; 403 for someone who may see no customer at all."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    customer: Customer | None = model_admin.get_queryset(request).select_related("team", "owner").filter(pk=pk).first()
    if customer is None:
        raise Http404(_("There is no such customer, or you may not see it."))
    return customer


def page_frame(model_admin: Any, request: HttpRequest, customer: Customer, *, tab: str) -> dict[str, Any]:
    """What all pages about one customer share: the admin's frame, the tabs, and who this is."""
    request.current_app = model_admin.admin_site.name
    return {
        **model_admin.admin_site.each_context(request),
        "title": customer.name,
        "opts": model_admin.opts,
        "crumbs": [
            {"title": model_admin.opts.verbose_name_plural, "link": reverse("admin:customers_customer_changelist")},
            {"title": customer.name, "link": ""},
        ],
        "customer": customer,
        "tab": tab,
        "can_change": model_admin.has_change_permission(request, customer),
        "has_view_permission": True,
    }


def customer_page(
    model_admin: Any, request: HttpRequest, pk: int, *, at: datetime, form: InteractionForm | None = None
) -> HttpResponse:
    """Render the page. `form`: an interaction that was refused."""
    customer = visible_customer(model_admin, request, pk)
    may_log = request.user.has_perm("customers.add_interaction")
    context = {
        **page_frame(model_admin, request, customer, tab="overview"),
        "language": language_name(customer.language),
        "contact_points": list(customer.contact_points.all()),
        "relations": relations_of(customer, request, at=at),
        "tags": list(customer.tags.all()),
        "attributes": attribute_rows(customer) if customer.attributes else [],
        "interaction_form": (form or InteractionForm(initial={"kind": InteractionKind.CALL})) if may_log else None,
        **model_admin.page_context(request, customer, at=at),
    }
    return TemplateResponse(request, model_admin.page_template, context)


def relations_of(customer: Customer, request: HttpRequest, *, at: datetime) -> list[Sentence]:
    """The customer's relations in both directions, each readable from this end: those that hold, with us first."""
    rows = (
        Relation.objects.visible_to(request.user)
        .of(customer.pk)
        .select_related("type", "from_customer", "to_customer")
        .order_by("-strength", "id")
    )
    sentences = [
        Sentence(row, str(row.type), row.to_customer, _is_past(row, at))
        if row.from_customer_id == customer.pk
        else Sentence(row, row.type.inverse, row.from_customer, _is_past(row, at))
        for row in rows
    ]
    return sorted(sentences, key=lambda sentence: (sentence.is_past, sentence.other is not None))


def _is_past(relation: Relation, at: datetime) -> bool:
    return relation.until is not None and relation.until < at.date()


def log_interaction(model_admin: Any, request: HttpRequest, pk: int, *, at: datetime) -> HttpResponse:
    """Take the form of the page; a refused one is shown again with what was typed."""
    customer = visible_customer(model_admin, request, pk)
    if not request.user.has_perm("customers.add_interaction"):
        raise PermissionDenied
    form = InteractionForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return customer_page(model_admin, request, pk, at=at, form=form if request.method == "POST" else None)
    given = form.cleaned_data
    interaction = record_interaction(
        customer=customer,
        kind=given["kind"],
        direction=given["direction"],
        subject=given["subject"],
        body=given["body"],
        author=request.user,  # type: ignore[arg-type]
        happened_at=given["at"],
        at=at,
    )
    messages.success(request, _("“%(subject)s” is on the timeline.") % {"subject": interaction.subject})
    return HttpResponseRedirect(reverse("admin:customers_customer_page", args=[pk]) + "#timeline")
