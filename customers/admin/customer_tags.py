"""Tags of one customer, put on and taken off in place, and of many, from the list."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.admin.customer_page import visible_customer
from customers.folding import fold
from customers.models import Customer, Tag, User
from customers.operations.ensure_tags import LONGEST_TAG, ensure_tags
from customers.operations.tag_customers import tag_customers
from customers.operations.untag_customers import untag_customers

# More at once would keep a request busy for minutes: narrow the list down, or import a file with tags.
MOST_AT_ONCE = 10_000
NAMES_OFFERED = 200


class TagForm(forms.Form):
    """The name of a tag. One that is not there yet is made by whoever may make tags."""

    name = forms.CharField(label=gettext_lazy("Tag"), max_length=LONGEST_TAG)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_name(self) -> str:
        """A name that stands for a tag, or may."""
        name = str(self.cleaned_data["name"])
        if not fold(name):
            raise forms.ValidationError(_("Give the tag a name."))
        if not self.user.has_perm("customers.add_tag") and not Tag.objects.filter(folded=fold(name)).exists():
            raise forms.ValidationError(_("There is no tag “%(name)s”.") % {"name": name})
        return name


def tag_names(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """The names that are there, for the field's list of suggestions."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    names = Tag.objects.visible_to(request.user).order_by("name").values_list("name", flat=True)[:NAMES_OFFERED]
    return TemplateResponse(request, "admin/customers/customer/tag_names.html", {"names": list(names)})


def change_tags(model_admin: Any, request: HttpRequest, pk: int, *, at: datetime) -> HttpResponse:
    """Take the little form of the page: `name` puts a tag on, `off` takes one off."""
    customer = visible_customer(model_admin, request, pk)
    if not model_admin.has_change_permission(request, customer):
        raise PermissionDenied
    user: Any = request.user
    refusal = ""
    if request.method == "POST":
        taken_off = request.POST.get("off", "")
        form = TagForm(request.POST, user=user)
        if taken_off.isascii() and taken_off.isdigit():
            untag_customers(customer_ids=[pk], tags=Tag.objects.filter(pk=int(taken_off[:18])), at=at)
        elif form.is_valid():
            tags = ensure_tags(names=[form.cleaned_data["name"]])
            tag_customers(customer_ids=[pk], tags=tags.values(), at=at)
        else:
            refusal = " ".join(map(str, form.errors["name"]))
    if "HX-Request" in request.headers:
        context = {"customer": customer, "can_change": True, "refusal": refusal, "tags": customer.tags.all()}
        return TemplateResponse(request, "admin/customers/customer/tags.html", context)
    if refusal:
        messages.error(request, refusal)
    return HttpResponseRedirect(reverse("admin:customers_customer_page", args=[pk]))


def tag_many(
    model_admin: Any, request: HttpRequest, customers: QuerySet[Customer], *, action: str, at: datetime
) -> HttpResponse | None:
    """An action of the list: ask for the tag, then put it on the chosen customers, or take it off."""
    user: Any = request.user
    ids = list(customers.order_by("pk").values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
    if len(ids) > MOST_AT_ONCE:
        messages.error(request, _("At most %(most)d customers at once: narrow the list down.") % {"most": MOST_AT_ONCE})
        return None
    form = TagForm(request.POST if "post" in request.POST else None, user=user)
    is_put_on = action == "put_tag_on"
    erased = {*customers.filter(erased_at__isnull=False).values_list("pk", flat=True)}
    if form.is_valid():
        name = form.cleaned_data["name"]
        tags = ensure_tags(names=[name]).values() if is_put_on else Tag.objects.filter(folded=fold(name))
        ids = [pk for pk in ids if pk not in erased]
        changed = (tag_customers if is_put_on else untag_customers)(customer_ids=ids, tags=tags, at=at)
        text = ngettext("%(number)d customer changed.", "%(number)d customers changed.", changed)
        messages.success(request, text % {"number": changed})
        if erased:
            text = ngettext("%(number)d was erased and left out.", "%(number)d were erased and left out.", len(erased))
            messages.warning(request, text % {"number": len(erased)})
        return None
    request.current_app = model_admin.admin_site.name
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Put a tag on") if is_put_on else _("Take a tag off"),
        "opts": model_admin.opts,
        "form": form,
        "number": len(ids),
        "action": action,
        "chosen": request.POST.getlist("_selected_action"),
        "select_across": request.POST.get("select_across", "0"),
        "has_view_permission": True,
    }
    return TemplateResponse(request, "admin/customers/customer/tag_many.html", context)
