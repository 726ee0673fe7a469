"""A guide for one kind of person names pages as their menu does: “**Group → Page**”, and they see them."""

import re

import pytest
from django.test import RequestFactory

from crm.navigation import navigation
from customers.models import Team
from tests.cast import make_user
from tests.guides.blocks import GUIDES

pytestmark = pytest.mark.django_db

ROLES = {"administrator.md": "Administrator", "analyst.md": "Analyst", "back-office.md": "Back office"}


@pytest.mark.parametrize("guide", ROLES)
def test_every_page_that_it_names_is_in_the_menu_of_its_reader(guide: str, north: Team, rf: RequestFactory) -> None:
    request = rf.get("/admin/")
    request.user = make_user("reader", north, role=ROLES[guide])
    menu = {f"{group['title']} → {item['title']}" for group in navigation(request) for item in group["items"]}
    named = {" ".join(name.split()) for name in re.findall(r"\*\*([^*]+? → [^*]+?)\*\*", (GUIDES / guide).read_text())}
    assert len(named) > 5 and named <= menu, f"not among {sorted(menu)}"
