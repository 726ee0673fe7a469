"""Relations written on the page of a customer: added, changed, ended, followed by the next.

Each verb takes a form of the page. What is refused comes back in its place with what was typed; without scripts the
whole page does, with the form open."""

from copy import copy
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.admin.customer_page import customer_page, visible_customer
from customers.admin.relation_in_place import EditRelationForm, EndRelationForm, NewRelationForm, SucceedRelationForm
from customers.admin.relations_card import sentence_of
from customers.models import Customer, Relation, StaleVersion
from customers.operations.end_relation import end_relation
from customers.operations.relate_customers import AlreadyRelated, RelationRefused, relate_customers
from customers.operations.relations_of import with_ends
from customers.operations.revise_relation import revise_relation
from customers.operations.succeed_relation import succeed_relation

# The forms of the page name some things otherwise than the operations: the end that is not this customer.
IN_THE_FORM = {"to_customer": "other", "from_customer": "other", "type": "following"}


def add(model_admin: Any, request: HttpRequest, pk: int, *, at: datetime) -> HttpResponse:
    """Relate the customer to another, or to us."""
    customer = visible_customer(model_admin, request, pk)
    user = _require(request, "customers.add_relation")
    form = NewRelationForm(request.POST or None, customer=customer, user=user)
    if (
        request.method == "POST"
        and form.is_valid()
        and _written(form, lambda: relate_customers(**form.columns(), at=at))
    ):
        return _back(request, customer, _("The relation is on record."))
    return _shown(model_admin, request, customer, "add", {"relation_form": form}, at=at)


def edit(model_admin: Any, request: HttpRequest, pk: int, relation_pk: int, *, at: datetime) -> HttpResponse:
    """Change role, days, strength or note of a relation."""
    customer, relation = _found(model_admin, request, pk, relation_pk)
    _require(request, "customers.change_relation")
    form = EditRelationForm(request.POST or None, instance=copy(relation))
    if request.method == "POST" and form.is_valid():
        changes = {name: form.cleaned_data[name] for name in form.changed_data if name != "seen_version"}
        seen = form.cleaned_data["seen_version"]
        if _written(
            form, lambda: revise_relation(relation=copy(relation), changes=changes, expected_version=seen, at=at)
        ):
            return _back(request, customer, _("The relation is changed."))
    today = timezone.localdate(at)
    ending = EndRelationForm(initial={"until": today, "seen_version": relation.version})
    context = {"edited": sentence_of(relation, customer, today), "edit_form": form, "end_form": ending}
    return _shown(model_admin, request, customer, "edit", context, at=at)


def end(model_admin: Any, request: HttpRequest, pk: int, relation_pk: int, *, at: datetime) -> HttpResponse:
    """Say until which day a relation held, or holds."""
    customer, relation = _found(model_admin, request, pk, relation_pk)
    _require(request, "customers.change_relation")
    form = EndRelationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if _written(
            form,
            lambda: end_relation(
                relation=copy(relation), until=given["until"], expected_version=given["seen_version"], at=at
            ),
        ):
            return _back(request, customer, _("The relation ends on that day."))
    context = {
        "edited": sentence_of(relation, customer, timezone.localdate(at)),
        "edit_form": EditRelationForm(instance=relation),
        "end_form": form,
    }
    return _shown(model_admin, request, customer, "edit", context, at=at)


def succeed(model_admin: Any, request: HttpRequest, pk: int, relation_pk: int, *, at: datetime) -> HttpResponse:
    """Say that what the customer is to us became something else."""
    customer, relation = _found(model_admin, request, pk, relation_pk)
    _require(request, "customers.change_relation")
    if relation.to_customer_id is not None:
        raise Http404(_("This is no relation to us."))
    form = SucceedRelationForm(request.POST or None, relation=relation, today=timezone.localdate(at))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if _written(
            form,
            lambda: succeed_relation(
                relation=copy(relation),
                type=given["following"],
                since=given["since"],
                note=given["note"],
                expected_version=given["seen_version"],
                at=at,
            ),
        ):
            return _back(request, customer, _("What they are to us is on record."))
    context = {"followed": sentence_of(relation, customer, timezone.localdate(at)), "succeed_form": form}
    return _shown(model_admin, request, customer, "succeed", context, at=at)


def _require(request: HttpRequest, permission: str) -> Any:
    if not request.user.has_perm(permission):
        raise PermissionDenied
    return request.user


def _found(model_admin: Any, request: HttpRequest, pk: int, relation_pk: int) -> tuple[Customer, Relation]:
    """The customer and one of their relations, or 404."""
    customer = visible_customer(model_admin, request, pk)
    user: Any = request.user
    rows = Relation.objects.visible_to(user).of(customer.pk).filter(pk=relation_pk)
    relation = with_ends(rows).first()
    if relation is None:
        raise Http404(_("There is no such relation, or you may not see it."))
    return customer, relation


def _written(form: forms.BaseForm, write: Any) -> bool:
    """Whether the operation took it; if not, the form says why. It is given a copy of the row: what it set before it
    refused must not be shown."""
    try:
        with transaction.atomic():
            write()
    except RelationRefused as refused:
        name = IN_THE_FORM.get(refused.field, refused.field)
        form.add_error(name if name in form.fields else None, str(refused))
    except AlreadyRelated as refused:
        form.add_error(None, str(refused))
    except StaleVersion:
        form.add_error(None, _("Somebody changed this relation after you opened it. Look at it again."))
    else:
        return True
    return False


def _back(request: HttpRequest, customer: Customer, said: str) -> HttpResponse:
    if not request.headers.get("HX-Request"):  # who stays on the page sees it there
        messages.success(request, said)
    return HttpResponseRedirect(reverse("admin:customers_customer_page", args=[customer.pk]) + "#relations")


def _shown(
    model_admin: Any, request: HttpRequest, customer: Customer, form: str, context: dict[str, Any], *, at: datetime
) -> HttpResponse:
    """The form alone for a page that asks for it, else the page with the form open."""
    if request.headers.get("HX-Request") and request.method == "GET":
        template = f"admin/customers/customer/relation_{form}.html"
        return TemplateResponse(request, template, {"customer": customer, **context})
    return customer_page(model_admin, request, customer.pk, at=at, opened=context)
