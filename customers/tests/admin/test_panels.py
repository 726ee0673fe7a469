"""Panels that higher rooms add."""

import pytest
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

from customers.admin import panels
from customers.admin.panels import customer_panels, register_panel
from customers.models import Customer


def test_a_registered_panel_is_shown_once_and_an_empty_one_is_left_out(
    acme: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(panels, "_panels", [])

    @register_panel
    def says_the_name(request: HttpRequest, customer: Customer) -> SafeString:
        return mark_safe(customer.name)  # noqa: S308 - a name of ours

    register_panel(says_the_name)
    register_panel(lambda request, customer: SafeString(""))
    assert customer_panels(HttpRequest(), acme) == ["Acme Pumps"]
