"""“Log a call”: on the customer's timeline and, where something is to be done, as a ticket."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.admin.page_forms import MomentInput, Plain
from customers.choices import ContactKind, Direction
from customers.models import Customer, Team
from customers.operations.create_customer import create_customer
from customers.operations.records import ContactRecord
from services.admin.desk.access import at_the_desk
from services.admin.desk.page import asked_key
from services.models import PhoneCall, Queue
from services.operations.log_call import log_call
from services.operations.read_notifications import read_notifications
from services.operations.register_call import customer_of

MAY_LOG = "customers.add_interaction"


class CallForm(Plain, forms.Form):
    """What was said on the telephone; of somebody whom nobody knows, also who it was."""

    number = forms.CharField(label=gettext_lazy("Number"), max_length=40, required=False)
    name = forms.CharField(
        label=gettext_lazy("Name of a new customer"),
        max_length=255,
        required=False,
        help_text=gettext_lazy("Only where nobody has this number yet."),
    )
    team = forms.ModelChoiceField(label=gettext_lazy("Team"), queryset=Team.objects.none(), required=False)
    direction = forms.ChoiceField(
        label=gettext_lazy("Direction"),
        choices=Direction.choices,
        initial=Direction.INBOUND,
        widget=forms.RadioSelect,
    )
    subject = forms.CharField(label=gettext_lazy("What it was about"), max_length=255)
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=50_000, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    minutes = forms.IntegerField(label=gettext_lazy("Minutes"), min_value=0, max_value=1440, required=False)
    at = forms.DateTimeField(
        label=gettext_lazy("When"), required=False, widget=MomentInput, help_text=gettext_lazy("Empty: now.")
    )
    queue = forms.ModelChoiceField(
        label=gettext_lazy("Open a ticket in"),
        queryset=Queue.objects.none(),
        required=False,
        empty_label=gettext_lazy("No ticket: the timeline alone"),
    )

    def __init__(self, *args: Any, user: Any, customer: Customer | None, call: PhoneCall | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.customer, self.call = user, customer, call
        fields: Any = self.fields
        teams = Team.objects.visible_to(user)
        fields["team"].queryset = teams if user.sees_all_teams else teams.filter(pk__in=user.team_ids)
        if user.has_perm("services.add_ticket"):
            fields["queue"].queryset = Queue.objects.visible_to(user)
        else:
            del fields["queue"]
        if customer is not None:
            for name in ("number", "name", "team"):
                del fields[name]
        elif not user.has_perm("customers.add_customer"):
            del fields["name"], fields["team"]

    def clean(self) -> dict[str, Any]:
        """Whom the number reaches, if the user may see them; else who is to be made."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if self.customer is None and not self.errors:
            number = data.get("number", "").strip()
            found = customer_of(number) if number else None
            if found is not None and Customer.objects.visible_to(self.user).filter(pk=found.pk).exists():
                self.customer = found
            elif not number:
                self.add_error("number", _("Type the number."))
            elif "name" not in self.fields:
                self.add_error("number", _("Nobody whom you may see has this number."))
            elif not data.get("name", "").strip():
                self.add_error("name", _("Nobody whom you may see has this number: say who it is."))
            elif data.get("team") is None:
                self.add_error("team", _("Choose the team that looks after them."))
        return data


@at_the_desk("GET", "HEAD", "POST")
def log_call_page(request: HttpRequest, *, at: datetime) -> HttpResponse:
    """The form, for ?customer= or for the call ?call= that the telephone told of, or for a number that is typed."""
    user: Any = request.user
    if not user.has_perm(MAY_LOG):
        raise PermissionDenied
    call = _call(request)
    customer = _customer(request, call)
    form = CallForm(request.POST or None, user=user, customer=customer, call=call, initial=_initial(call))
    if request.method == "POST" and form.is_valid():
        return _log(request, form, call, at=at)
    request.current_app = admin.site.name
    context = {
        **admin.site.each_context(request),
        "title": _("Log a call"),
        "form": form,
        "customer": customer,
        "call": call,
    }
    return TemplateResponse(request, "admin/desk/call.html", context, status=422 if form.errors else 200)


def _log(request: HttpRequest, form: CallForm, call: PhoneCall | None, *, at: datetime) -> HttpResponse:
    user: Any = request.user
    given = form.cleaned_data
    with transaction.atomic():
        customer = form.customer or create_customer(
            name=given["name"].strip(),
            team=given["team"],
            contact_points=[ContactRecord(kind=ContactKind.PHONE, value=given["number"].strip(), is_primary=True)],
            at=at,
        )
        _interaction, ticket = log_call(
            customer=customer,
            subject=given["subject"],
            note=given["note"],
            direction=given["direction"],
            seconds=None if given["minutes"] is None else 60 * given["minutes"],
            happened_at=given["at"],
            queue=given.get("queue"),
            call=call,
            by=user,
            at=at,
        )
        if call is not None:
            told = call.notifications.filter(user=user).values_list("pk", flat=True)
            read_notifications(user=user, ids=list(told), at=at)
    if ticket is not None:
        messages.success(request, _("The call is ticket %(number)s.") % {"number": ticket.number})
        return HttpResponseRedirect(f"{reverse('admin:desk')}?ticket={ticket.pk}")
    messages.success(request, _("The call is on the timeline."))
    return HttpResponseRedirect(reverse("admin:customers_customer_page", args=[customer.pk]) + "#timeline")


def _call(request: HttpRequest) -> PhoneCall | None:
    if "call" not in request.GET:
        return None
    user: Any = request.user
    key = asked_key(request.GET["call"]) or 0
    # Also one that rings for nobody in particular, of which the user was told.
    mine = PhoneCall.objects.filter(pk=key, notifications__user=user)
    call = PhoneCall.objects.visible_to(user).filter(pk=key).first() or mine.first()
    if call is None:
        raise Http404(_("There is no such call, or you may not see it."))
    return call


def _customer(request: HttpRequest, call: PhoneCall | None) -> Customer | None:
    """The customer of the address, or of the call if the user may see them."""
    user: Any = request.user
    if not user.has_perm("customers.view_customer"):
        raise PermissionDenied
    visible = Customer.objects.visible_to(user)
    if "customer" in request.GET:
        customer = visible.filter(pk=asked_key(request.GET["customer"]) or 0, erased_at=None).first()
        if customer is None:
            raise Http404(_("There is no such customer, or you may not see it."))
        return customer
    return visible.filter(pk=call.customer_id).first() if call is not None and call.customer_id else None


def _initial(call: PhoneCall | None) -> dict[str, Any]:
    if call is None:
        return {}
    minutes = None if call.seconds is None else -(-call.seconds // 60)
    return {"number": call.number, "direction": call.direction, "minutes": minutes, "at": call.began_at}
