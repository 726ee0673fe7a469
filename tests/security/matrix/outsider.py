"""All that an outsider can ask for, one row of the matrix each; a row is red when it shows or does what it must not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.forms import ModelChoiceField
from django.test import RequestFactory
from django.urls import reverse

from customers.models import AuditEntry, User
from tests.client import as_user
from tests.security.matrix.addresses import Address, every_address
from tests.security.matrix.asking import BRINGS, Viewer, Whose, ask_for, expected, outcome, said_by
from tests.security.matrix.beside import more_of_north
from tests.security.matrix.declared import DECLARED
from tests.security.matrix.declaring import WRONG
from tests.security.matrix.outsider_api import api_rows, field_rows
from tests.security.matrix.outsider_channels import channel_questions
from tests.security.matrix.row import Row, is_scoped, shown
from tests.security.matrix.rows import Rows
from tests.security.matrix.scopes import gated_models

METHODS = ("get", "post")
# The token of a form, another each time, and moments.
SECRET = re.compile(rb"[A-Za-z0-9]{64}|\d\d:\d\d(:\d\d)?(\.\d+)?Z?")
# What is typed into searches, and asked of lists.
# In small letters: a page says what was asked.
QUESTIONS = {"q": "acme", "search": "acme", "term": "acme"}


def rows_of(otto: Viewer, rows: Rows, beside: Rows) -> list[Row]:
    """All of them for this outsider. `beside`: rows of their own team, which touch those of the other."""
    return [
        *_addresses(otto, rows),
        *_lists(otto),
        *_narrowed(otto, rows, beside),
        *_own_pages(otto, beside),
        *(Row(name, _path(otto, path, data, how)) for name, path, data, how in channel_questions(otto, rows)),
        *_numbers(otto, rows, beside),
        *_forms(otto, rows),
        *_actions(otto, rows),
        *api_rows(otto, rows, beside),
        *field_rows(otto, rows),
    ]


def _addresses(otto: Viewer, rows: Rows) -> Iterator[Row]:
    """Every address, with the keys of the other team's rows."""
    for one in every_address():
        if one.name in DECLARED:
            for method in METHODS:
                if DECLARED[one.name].needs(method) != WRONG:
                    yield Row(f"{method} {one.name}", _asked(otto, one, method, rows))


def _asked(otto: Viewer, one: Address, method: str, rows: Rows) -> Callable[[], str]:
    def ask() -> str:
        response = ask_for(one, method, by=otto, rows=rows)
        got, may_be = outcome(response), expected(DECLARED[one.name], method, Whose.OTHER, otto)
        return f"{got}" if got not in may_be else shown(response)

    return ask


def _path(otto: Viewer, path: str, data: dict[str, Any], method: str = "get") -> Callable[[], str]:
    def ask() -> str:
        response = otto.ask(method, path, data)
        return "server error" if response.status_code >= 500 else shown(response)

    return ask


def _lists(otto: Viewer) -> Iterator[Row]:
    """Searches in every list and every field that completes what is typed."""
    for model, page in admin.site._registry.items():
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        if page.search_fields:
            yield Row(f"search {name}", _path(otto, reverse(f"admin:{name}_changelist"), {"q": "acme"}))
        for field in page.autocomplete_fields:
            data = {"app_label": model._meta.app_label, "model_name": model._meta.model_name, "field_name": field}
            for term in ("", "acme"):
                yield Row(
                    f"complete {name}.{field} {term}",
                    _path(otto, reverse("admin:autocomplete"), {**data, "term": term}),
                )
    for q in ("acme", "leaks"):
        yield Row(f"search for {q}", _path(otto, reverse("admin:search"), {"s": q, "q": q}))
        yield Row(f"desk for {q}", _path(otto, reverse("admin:desk_list"), {"q": q}))
    part = {"fact": "tag", "part": "value", "name": "x", "x-search-y": "acme"}
    yield Row("choices of segments", _path(otto, reverse("admin:customers_segment_options"), part))


def _narrowed(otto: Viewer, rows: Rows, beside: Rows) -> Iterator[Row]:
    """Lists that are narrowed by the key of a row of the other team: it names nobody and stands for nothing."""
    relations, customers = (reverse(f"admin:customers_{name}_changelist") for name in ("relation", "customer"))
    yield Row("relations of another's", _path(otto, relations, {"customer": rows["customer"]}))
    for page in ("desk", "desk_list"):
        yield Row(f"{page} by another's view", _path(otto, reverse(f"admin:{page}"), {"view": f"v{rows['deskview']}"}))
    macros = reverse("admin:desk_macros", args=[beside["ticket"]])
    yield Row("macros of another team", _path(otto, macros, {}))
    pulse = reverse("admin:desk_pulse")
    yield Row("pulse of another's", lambda: otto.ask("get", pulse, {"ticket": rows["ticket"]}).json()["ticket"])
    keys = [beside["customer"], beside["second"]]
    yield Row("comparison of one's own", _path(otto, reverse("admin:customers_merge_compare", args=keys), {}))
    in_segment = {"segment": beside["private"]}
    yield Row("list by another's segment", _without(lambda: otto.ask("get", customers, in_segment).content))
    api = as_user(otto.user)
    yield Row("api by another's segment", _without(lambda: api.get(reverse("customer-list"), in_segment).content))


def _without(ask: Callable[[], bytes]) -> Callable[[], str]:
    """A list in which nobody is: not even one's own."""
    return lambda: "finds customers" if b"Southern" in ask() else ""


def _own_pages(otto: Viewer, beside: Rows) -> Iterator[Row]:
    """Every address about a customer, a ticket, an order, an interaction, with those of the outsider's own team."""
    about = ("customers_customer_", "desk", "services_ticket_", "customers_order_", "customers_interaction_")
    for one in every_address():
        if one.name in DECLARED and one.page.startswith(about) and one.arguments:
            for method in METHODS:
                if DECLARED[one.name].needs(method) != WRONG:
                    questions = {**QUESTIONS, **BRINGS.get((one.page, method), {})}
                    yield Row(f"{method} own {one.name}", _path(otto, one.filled(beside), questions, method))


def _numbers(otto: Viewer, rows: Rows, beside: Rows) -> Iterator[Row]:
    """Pages that count: they stay as they are when the other team goes on working."""
    pages = ("index", "service_report", "password_change", "desk", "desk_views", "desk_list", "desk_bell")
    lists = ("services_satisfactionrating", "customers_tag", "customers_customer", "services_ticket")
    for page in (*pages, *(f"{name}_changelist" for name in lists)):
        yield Row(f"numbers {page}", _unmoved(otto, lambda path: otto.ask("get", path), reverse(f"admin:{page}"), rows))
    compared = reverse("admin:customers_merge_compare", args=[beside["customer"], beside["second"]])
    yield Row("numbers comparison", _unmoved(otto, lambda path: otto.ask("get", path), compared, rows))
    chosen = f"{reverse('admin:customers_segment_options')}?fact=country&part=value&name=x&x-search-y=fr"
    yield Row("numbers segment options", _unmoved(otto, lambda path: otto.ask("get", path), chosen, rows))
    for name in ("deskview-counts", "report-service", "notification-list"):
        yield Row(f"numbers {name}", _unmoved(otto, as_user(otto.user).get, reverse(name), rows))


def _unmoved(otto: Viewer, get: Callable[[str], Any], path: str, rows: Rows) -> Callable[[], str]:
    def seen() -> bytes:
        cache.clear()
        response = get(path)
        said = getattr(response, "said", None) or said_by(response)
        return SECRET.sub(b"", said)

    def ask() -> str:
        before = seen()
        more_of_north(rows, otto)
        return "" if seen() == before else "changes with the rows of another team"

    return ask


def _forms(otto: Viewer, rows: Rows) -> Iterator[Row]:
    """What the forms of the admin, with their inlines, let choose."""
    request = RequestFactory().get("/admin/")
    request.user = otto.user
    for model, page in admin.site._registry.items():
        is_form = page.has_add_permission(request) or page.has_change_permission(request)
        for inline in (*((None,) if is_form else ()), *page.get_inline_instances(request)):
            what = model._meta.label if inline is None else f"{model._meta.label} {inline.model._meta.label}"
            yield Row(f"form {what}", _form(page, inline, request, rows))


def _form(page: Any, inline: Any, request: Any, rows: Rows) -> Callable[[], str]:
    def ask() -> str:
        form = page.get_form(request) if inline is None else inline.get_formset(request).form
        return ", ".join(name for name, field in form.base_fields.items() if _offers(field, rows))

    return ask


def _offers(field: Any, rows: Rows) -> bool:
    """Whether a form's field takes the key of a row of the other team."""
    choices: Any = field.queryset if isinstance(field, ModelChoiceField) else None
    if choices is None:
        return False
    key = rows.get(choices.model._meta.model_name)
    return is_scoped(choices.model) and choices.filter(pk=key).exists()


def _actions(otto: Viewer, rows: Rows) -> Iterator[Row]:
    """Every action of every list, with the key of the other team's row ticked."""
    request = RequestFactory().get("/admin/")
    request.user = otto.user
    for model, page in admin.site._registry.items():
        if is_scoped(model):
            address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
            for action in page.get_actions(request):
                key = str(rows[str(model._meta.model_name)])
                yield Row(f"action {model._meta.label} {action}", _action(otto, address, action, model, key))


def _action(otto: Viewer, address: str, action: str, model: Any, key: str) -> Callable[[], str]:
    def ask() -> str:
        last = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        data = {
            "action": action,
            ACTION_CHECKBOX_NAME: [key],
            "post": "yes",
            "do": "yes",
            "to": "2",
            "body": "x",
            "name": "x",
        }
        otto.client.cookies = otto.cookies
        response = otto.client.post(address, data)
        changed = AuditEntry.objects.filter(pk__gt=last).of(model, key).exists()
        return "changed the row" if changed else shown(response)

    return ask


def gates() -> list[Row]:
    """The gate of every model, asked by nobody and by somebody who left: it lets nothing through."""
    return [Row(f"gate {model._meta.label}", _gate(model)) for model in gated_models()]


def _gate(model: Any) -> Callable[[], str]:
    def ask() -> str:
        left = User(pk=1, username="left", is_active=False, is_superuser=True)
        for who in (AnonymousUser(), left):
            if not model._default_manager.all().visible_to(who).query.is_empty():
                return f"lets {who} through"
        return ""

    return ask
