"""The admin site."""

from typing import Any

import pytest
from django.contrib.admin import AdminSite
from django.test import Client
from django.urls import reverse

from customers.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pages for which Django's list of all models was made."""
    made: list[str] = []
    make = AdminSite.get_app_list

    def told(self: AdminSite, request: Any, app_label: Any = None) -> Any:
        made.append(request.path)
        return make(self, request, app_label)

    monkeypatch.setattr(AdminSite, "get_app_list", told)
    return made


@pytest.mark.parametrize("name", ["index", "customers_customer_changelist", "customers_tag_add", "desk"])
def test_no_page_waits_for_a_list_of_models_that_it_does_not_show(root: User, made: list[str], name: str) -> None:
    client = Client()
    client.force_login(root)
    assert client.get(reverse(f"admin:{name}")).status_code == 200
    assert made == []


def test_the_page_of_an_app_shows_it(root: User, made: list[str]) -> None:
    client = Client()
    client.force_login(root)
    page = client.get(reverse("admin:app_list", args=["customers"]))
    assert reverse("admin:customers_tag_changelist") in page.content.decode()
    assert made == [page.wsgi_request.path]
