"""The addresses of what can be done on a customer's page."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone

from customers.admin import page_verbs, privacy_page, relation_verbs
from customers.admin.customer_lookup import lookup


def page_urls(model_admin: Any) -> list[URLPattern]:
    """Below /admin/customers/customer/<id>/."""
    wrap = model_admin.admin_site.admin_view

    def at(address: str, verb: Callable[..., HttpResponse], name: str) -> URLPattern:
        def view(request: HttpRequest, **keys: int) -> HttpResponse:
            return verb(model_admin, request, **keys, at=timezone.now())

        pattern: URLPattern = path(f"<int:pk>/{address}", wrap(view), name=f"customers_customer_{name}")
        return pattern

    def others(request: HttpRequest, pk: int) -> HttpResponse:
        return lookup(model_admin, request, pk)

    relation = "relations/<int:relation_pk>/"
    return [
        at("log/", page_verbs.log, "log"),
        at("consents/", page_verbs.consent, "consent"),
        at("relations/add/", relation_verbs.add, "relation_add"),
        at(relation, relation_verbs.edit, "relation"),
        at(f"{relation}end/", relation_verbs.end, "relation_end"),
        at(f"{relation}succeed/", relation_verbs.succeed, "relation_succeed"),
        at("privacy/", privacy_page.privacy_page, "privacy"),
        at("privacy/flag/", privacy_page.take_flag, "privacy_flag"),
        at("privacy/marketing/", privacy_page.take_objection, "privacy_marketing"),
        at("privacy/export/", privacy_page.export, "privacy_export"),
        at("privacy/erasure/", privacy_page.ask, "privacy_erasure"),
        path("<int:pk>/others/", wrap(others), name="customers_customer_others"),
    ]
