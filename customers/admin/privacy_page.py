"""The privacy of one customer: restriction, objections and holds, everything known of them, and their erasure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.admin.customer_page import page_frame, visible_customer
from customers.admin.page_forms import Plain
from customers.choices import ConsentChannel, ConsentPurpose, ErasureState, PrivacyFlagKind
from customers.models import Customer, Erasure, Export, PrivacyFlag
from customers.operations.ask_for_erasure import ask_for_erasure
from customers.operations.erasure_hindrances import ErasureRefused
from customers.operations.forget_exports import export_file
from customers.operations.may_contact import may_contact
from customers.operations.record_consent import record_consent
from customers.operations.set_privacy_flag import FlagRefused, set_privacy_flag
from customers.operations.start_person_export import NoPerson, start_person_export
from customers.tasks import poke_after_commit

SHOWN = 100
WHAT_IT_MEANS = {
    PrivacyFlagKind.RESTRICTION: gettext_lazy(
        "Their data is kept and not used: no score, in no segment, in no exported list; service messages alone. "
        "Tickets are answered as ever. GDPR art. 18; PIPL art. 44."
    ),
    PrivacyFlagKind.PROFILING: gettext_lazy(
        "No score and no preferences are computed; those on record are deleted, with their history. GDPR art. 21 and "
        "22; PIPL art. 24 and 44."
    ),
    PrivacyFlagKind.HOLD: gettext_lazy(
        "The data is needed to establish or defend legal claims: it is not erased while this stands. GDPR art. "
        "17(3)(e); PIPL art. 47."
    ),
}


class FlagForm(Plain, forms.Form):
    """Put a flag on, or take it off, with the reason."""

    kind = forms.ChoiceField(choices=PrivacyFlagKind.choices, widget=forms.HiddenInput)
    is_set = forms.TypedChoiceField(
        choices=[("yes", ""), ("no", "")], coerce=lambda value: value == "yes", widget=forms.HiddenInput
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=PrivacyFlag._meta.get_field("reason").max_length)


class ErasureForm(Plain, forms.Form):
    """Ask for an erasure."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=Erasure._meta.get_field("reason").max_length,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=Erasure._meta.get_field("reason").help_text,
    )


@dataclass(frozen=True, slots=True)
class FlagLine:
    """One flag: whether it stands, since when and why, and the form that turns it."""

    kind: str
    name: Any
    meaning: Any
    newest: PrivacyFlag | None
    form: FlagForm | None

    @property
    def stands(self) -> bool:
        """Whether it is on."""
        return self.newest is not None and self.newest.is_set


def privacy_page(
    model_admin: Any, request: HttpRequest, pk: int, *, at: datetime, opened: dict[str, Any] | None = None
) -> HttpResponse:
    """Render the page. `opened`: a form that was refused."""
    customer = visible_customer(model_admin, request, pk)
    user: Any = request.user
    if not user.has_perm("customers.view_privacyflag"):
        raise PermissionDenied
    history = list(PrivacyFlag.objects.filter(customer=customer).select_related("by")[:SHOWN])
    may_export = user.has_perm("customers.add_personexport")
    exports = Export.objects.visible_to(user).filter(person=customer).select_related("job") if may_export else ()
    sees_erasures = user.has_perm("customers.view_erasure")
    erasures = list(Erasure.objects.filter(customer=customer).select_related("asked_by", "decided_by"))
    context = {
        **page_frame(model_admin, request, customer, tab="privacy"),
        "flags": _flags(customer, request, history, opened or {}),
        "history": history,
        "is_marketing_allowed": _is_marketing_allowed(customer, at),
        "may_object": user.has_perm("customers.add_consent") and customer.erased_at is None,
        "may_export": may_export,
        "exports": [(export, export_file(export) is not None) for export in exports],
        "erasures": erasures if sees_erasures else [],
        "is_waiting": any(row.state == ErasureState.ASKED for row in erasures),
        "erasure_form": ErasureForm() if user.has_perm("customers.add_erasure") else None,
        **(opened or {}),
    }
    return TemplateResponse(request, "admin/customers/privacy/page.html", context)


def _flags(
    customer: Customer, request: HttpRequest, history: list[PrivacyFlag], opened: dict[str, Any]
) -> list[FlagLine]:
    may_set = request.user.has_perm("customers.add_privacyflag") and customer.erased_at is None
    refused = opened.get("flag_form")
    lines = []
    for kind in PrivacyFlagKind:
        newest = next((row for row in history if row.kind == kind), None)
        turned = "no" if newest is not None and newest.is_set else "yes"
        form = refused if refused and refused.data.get("kind") == kind else None
        form = form or FlagForm(initial={"kind": kind.value, "is_set": turned}, auto_id=f"id_{kind.value}_%s")
        lines.append(FlagLine(kind.value, kind.label, WHAT_IT_MEANS[kind], newest, form if may_set else None))
    return lines


def _is_marketing_allowed(customer: Customer, at: datetime) -> bool:
    channels = (ConsentChannel.EMAIL, ConsentChannel.PHONE, ConsentChannel.MESSENGER, ConsentChannel.POST)
    return any(
        may_contact(customer=customer, purpose=ConsentPurpose.MARKETING, channel=channel, at=at) for channel in channels
    )


def take_flag(model_admin: Any, request: HttpRequest, pk: int, *, at: datetime) -> HttpResponse:
    """Put a flag on or take it off."""
    customer, user = _asked(model_admin, request, pk, "customers.add_privacyflag")
    form = FlagForm(request.POST)
    if not form.is_valid():
        return privacy_page(model_admin, request, pk, at=at, opened={"flag_form": form})
    try:
        row = set_privacy_flag(customer=customer, by=user, at=at, **form.cleaned_data)
    except FlagRefused as refused:
        messages.warning(request, str(refused))
    else:
        words = _("On record: %(flag)s.") if row.is_set else _("Taken off: %(flag)s.")
        messages.success(request, words % {"flag": row.get_kind_display()})
    return _back(pk)


def take_objection(model_admin: Any, request: HttpRequest, pk: int, *, at: datetime) -> HttpResponse:
    """They object to direct marketing: a no to it for any channel, in the log of consents."""
    customer, user = _asked(model_admin, request, pk, "customers.add_consent")
    source = "GDPR art. 21(2), PIPL art. 24"
    record_consent(customer=customer, purpose=ConsentPurpose.MARKETING, is_given=False, source=source, by=user, at=at)
    messages.success(request, _("They object to marketing: nobody may contact them for it."))
    return _back(pk)


def export(model_admin: Any, request: HttpRequest, pk: int, *, at: datetime) -> HttpResponse:
    """Have a worker write everything known of them."""
    customer, user = _asked(model_admin, request, pk, "customers.add_personexport")
    try:
        made = start_person_export(customer=customer, by=user, at=at)
    except NoPerson as refused:
        messages.error(request, str(refused))
        return _back(pk)
    poke_after_commit()
    return HttpResponseRedirect(reverse("admin:customers_export_change", args=[made.pk]))


def ask(model_admin: Any, request: HttpRequest, pk: int, *, at: datetime) -> HttpResponse:
    """Ask for their erasure, and look at what it would do."""
    customer, user = _asked(model_admin, request, pk, "customers.add_erasure")
    form = ErasureForm(request.POST)
    if form.is_valid():
        try:
            erasure = ask_for_erasure(customer=customer, reason=form.cleaned_data["reason"], by=user, at=at)
        except ErasureRefused as refused:
            messages.error(request, str(refused))
            return _back(pk)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return HttpResponseRedirect(reverse("admin:customers_erasure_change", args=[erasure.pk]))
    return privacy_page(model_admin, request, pk, at=at, opened={"erasure_form": form})


def _asked(model_admin: Any, request: HttpRequest, pk: int, permission: str) -> tuple[Customer, Any]:
    customer = visible_customer(model_admin, request, pk)
    if request.method != "POST" or not request.user.has_perm(permission):
        raise PermissionDenied
    return customer, request.user


def _back(pk: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:customers_customer_privacy", args=[pk]))
