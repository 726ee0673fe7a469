"""What an outsider asks of the API: a part of outsider.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast

from django.test import RequestFactory
from django.urls import reverse
from rest_framework.serializers import BaseSerializer

from crm.api_router import router
from customers.api.fields import VisibleName, VisibleRow
from tests.api.test_scope import SCOPED, address
from tests.client import as_user
from tests.security.matrix.asking import Viewer
from tests.security.matrix.row import Row, is_scoped, shown
from tests.security.matrix.rows import Rows

# Routes of the API whose key is that of a customer, where the admin has a row of its own.
OF_CUSTOMER = ("consent",)


def api_rows(otto: Viewer, rows: Rows, beside: Rows) -> Iterator[Row]:
    """The routes of the API: those about the other team's rows, and every list."""
    for name, declared in SCOPED.items():
        for method in declared:
            yield Row(f"{method} {name}", _route(otto, name, method, rows))
    for name in cast(Any, {route.name: route for route in cast(Any, router.urls)}):
        if name.endswith("-list") and name != "auditentry-list":  # administrators read the record of all teams
            yield Row(f"list {name}", _shown_by_api(otto, reverse(name)))
    about: dict[str, tuple[str, ...]] = {
        "customer": (
            "insight",
            "around",
            "beside",
            "customerworth",
            "consent",
            "privacyflag",
            "statedpreference",
            "offer",
            "customer",
        )
    }
    about["ticket"] = ("ticket", "tickettie", "tickettape", "tickettime", "tickettriage", "deskticket")
    for what, resources in about.items():
        for name, declared in SCOPED.items():
            if name.partition("-")[0] in resources and "get" in declared and not name.endswith("-list"):
                yield Row(f"own {name}", _shown_by_api(otto, reverse(name, args=[beside[what]])))
    for name in ("report-service", "customerscore-movers", "deskview-counts"):
        yield Row(f"get {name}", _shown_by_api(otto, reverse(name)))
    yield Row("get webhook-deliveries", _shown_by_api(otto, reverse("webhook-deliveries", args=[rows["webhook"]])))


def _route(otto: Viewer, name: str, method: str, rows: Rows) -> Callable[[], str]:
    def ask() -> str:
        of_customer: Rows = dict.fromkeys(OF_CUSTOMER, rows["customer"])
        path = address(name, {**rows, **of_customer})
        data = None if method == "get" else {"no such field": 1}
        response = getattr(as_user(otto.user), method)(path, data, headers={"If-Match": "*"})
        is_list = name.endswith("-list")
        return f"{response.status_code}" if not is_list and response.status_code != 404 else shown(response)

    return ask


def _shown_by_api(otto: Viewer, path: str) -> Callable[[], str]:
    def ask() -> str:
        response = as_user(otto.user).get(path)
        return "server error" if response.status_code >= 500 else shown(response)

    return ask


def field_rows(otto: Viewer, rows: Rows) -> Iterator[Row]:
    """The references that the API takes: a key of the other team's row stands for nothing."""
    request: Any = RequestFactory().get("/api/v1/")
    request.user = otto.user
    for route in cast(Any, router.registry):
        viewset = route[1]
        for serializer in {viewset.serializer_class, *viewset.inputs.values()}:
            if isinstance(serializer, type) and issubclass(serializer, BaseSerializer):
                yield Row(f"fields {viewset.__name__} {serializer.__name__}", _references(serializer, request, rows))


def _references(serializer: Any, request: Any, rows: Rows) -> Callable[[], str]:
    def ask() -> str:
        found = []
        for name, field in getattr(serializer(context={"request": request}), "fields", {}).items():
            reference = getattr(field, "child_relation", field)
            if isinstance(reference, VisibleRow | VisibleName) and not field.read_only:
                choices = reference.get_queryset()
                key = rows.get(choices.model._meta.model_name)
                if is_scoped(choices.model) and choices.filter(pk=key).exists():
                    found.append(name)
        return ", ".join(found)

    return ask
