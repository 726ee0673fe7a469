"""The audit record for administrators, and the history of a row for whoever sees the row."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.audit.record import record, values_of
from customers.models import AuditEntry, ContactPoint, Customer, Tag, Team, User
from customers.operations.add_contact_point import add_contact_point
from customers.operations.forget_audit_values import forget_audit_values
from customers.operations.seal_audit import seal_audit
from customers.tests.admin.conftest import LogIn
from customers.tests.admin.forms import posted
from tests.cast import NOW, make_user
from tests.test_changelists import SESSION, TRANSACTION

pytestmark = pytest.mark.django_db

LIST = "admin:customers_auditentry_changelist"


@pytest.fixture
def admin_user(north: Team) -> User:
    return make_user("ada", north, role="Administrator")


def history(row: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_history", args=[row.pk])


def text_of(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return " ".join(response.content.decode().split())


def test_a_save_in_the_admin_is_recorded_with_who_and_from_where(log_in: LogIn, bob: User, acme: Customer) -> None:
    client, address = log_in(bob), reverse("admin:customers_customer_change", args=[acme.pk])
    assert client.post(address, {**posted(client, address), "industry": "Pumps"}).status_code == 302
    entry = AuditEntry.objects.filter(model="customers.customer").latest("pk")
    assert (entry.actor, entry.channel, entry.verb, entry.address) == (bob, "admin", "change", "127.0.0.1")
    assert entry.via.startswith("session:") and str(client.session.session_key) not in entry.via
    assert values_of(entry) == {"changes": {"industry": ["", "Pumps"]}}


def test_an_action_of_a_list_is_recorded_by_its_name(log_in: LogIn, bob: User, acme: Customer) -> None:
    from customers.models import ApiToken

    root = make_user("root2", is_superuser=True)
    token = ApiToken.objects.create(user=bob, name="x", digest="d", created_at=NOW, expires_at=NOW)
    data = {"action": "revoke", "_selected_action": [token.pk]}
    log_in(root).post(reverse("admin:customers_apitoken_changelist"), data)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.model, entry.verb, entry.actor) == ("customers.apitoken", "revoke", root)


def test_roles_and_teams_are_recorded_with_their_members(log_in: LogIn, admin_user: User, bob: User) -> None:
    client, group = log_in(admin_user), Group.objects.get(name="Analyst")
    address = reverse("admin:customers_user_change", args=[bob.pk])
    data = posted(client, address)
    assert client.post(address, {**data, "groups": [group.pk]}).status_code == 302
    entry = AuditEntry.objects.filter(model="customers.user", object_id=str(bob.pk)).latest("pk")
    assert values_of(entry) == {"changes": {"groups": [["Back office"], ["Analyst"]]}}
    address = reverse("admin:auth_group_change", args=[group.pk])
    keys = [str(Permission.objects.get(codename="view_customer").pk)]
    assert client.post(address, {"name": "Analysts", "permissions": keys}).status_code == 302
    told = AuditEntry.objects.filter(model="auth.group").order_by("-pk")[:2]
    assert [sorted((values_of(entry) or {})["changes"]) for entry in told] == [["permissions"], ["name"]]


def test_the_history_of_a_row_tells_old_and_new(log_in: LogIn, bob: User, acme: Customer) -> None:
    acme.owner, acme.industry = bob, "Pumps"
    acme.save_checked()
    page = text_of(log_in(bob).get(history(acme)))
    for words in ("Industry", "Pumps", "Owner", "bob", "Before", "After"):
        assert words in page, words


def test_contact_points_are_part_of_the_history_for_whoever_may_see_them(
    log_in: LogIn, bob: User, acme: Customer
) -> None:
    point = add_contact_point(customer=acme, kind="email", value="old@example.com", at=NOW)
    row = ContactPoint.objects.get(pk=point.pk)
    row.value = "new@example.com"
    row.save_checked()
    page = text_of(log_in(bob).get(history(acme)))
    assert "old@example.com" in page and "new@example.com" in page
    Group.objects.get(name="Back office").permissions.remove(Permission.objects.get(codename="view_contactpoint"))
    assert "example.com" not in text_of(log_in(bob).get(history(acme)))


def test_a_row_out_of_sight_has_no_history(log_in: LogIn, otto: User, acme: Customer) -> None:
    assert log_in(otto).get(history(acme)).status_code == 404


def test_what_a_row_refers_to_is_named_as_far_as_one_sees_it(
    log_in: LogIn, bob: User, acme: Customer, south: Team
) -> None:
    left = make_user("gone", is_active=False)
    Customer.objects.filter(pk=acme.pk).update(owner=left)
    page = text_of(log_in(bob).get(history(acme)))
    assert f"#{left.pk}" in page and "gone" not in page


def test_from_where_somebody_worked_is_for_administrators(
    log_in: LogIn, bob: User, admin_user: User, acme: Customer
) -> None:
    client, address = log_in(bob), reverse("admin:customers_customer_change", args=[acme.pk])
    client.post(address, {**posted(client, address), "industry": "Pumps"})
    assert "127.0.0.1" not in text_of(client.get(history(acme)))
    assert "127.0.0.1" in text_of(log_in(admin_user).get(history(acme)))


def test_what_was_forgotten_says_so(log_in: LogIn, bob: User, acme: Customer) -> None:
    forget_audit_values(customer_id=acme.pk, at=NOW)
    page = text_of(log_in(bob).get(history(acme)))
    assert "These values were made unreadable." in page and "Acme Pumps" not in page.partition('id="content-main"')[2]


def test_an_empty_history_says_what_will_stand_here(log_in: LogIn, bob: User) -> None:
    tag = Tag.objects.create(name="VIP", folded="vip")
    AuditEntry._base_manager.all().delete()
    assert "Nothing is on record yet" in text_of(log_in(bob).get(history(tag)))


def test_the_list_is_for_administrators(log_in: LogIn, admin_user: User, bob: User, ann: User, acme: Customer) -> None:
    page = text_of(log_in(admin_user).get(reverse(LIST)))
    assert f"Customer {acme.pk}" in page
    for user in (bob, ann):
        assert log_in(user).get(reverse(LIST)).status_code == 403


def test_it_is_filtered(log_in: LogIn, admin_user: User, bob: User, acme: Customer) -> None:
    client = log_in(admin_user)
    record("exported", acme)
    entry = AuditEntry.objects.latest("pk")
    for query in ("?kind__exact=exported", "?model=customers.customer&kind__exact=exported", f"?q={acme.pk}"):
        page = text_of(client.get(reverse(LIST) + query))
        assert reverse("admin:customers_auditentry_change", args=[entry.pk]) in page, query
    assert reverse("admin:customers_auditentry_change", args=[entry.pk]) not in text_of(
        client.get(reverse(LIST) + f"?actor__id__exact={bob.pk}")
    )


def test_an_entry_shows_its_values_and_nobody_edits_it(
    log_in: LogIn, admin_user: User, acme: Customer, settings: Any, tmp_path: Path
) -> None:
    settings.VAR_DIR = tmp_path
    seal_audit(at=NOW)
    entry = AuditEntry.objects.filter(model="customers.customer").earliest("pk")
    client, address = log_in(admin_user), reverse("admin:customers_auditentry_change", args=[entry.pk])
    assert "Acme Pumps" in text_of(client.get(address))
    assert client.post(address, {"verb": "x"}).status_code == 403
    assert client.post(reverse("admin:customers_auditentry_delete", args=[entry.pk])).status_code == 403


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    said = [query["sql"] for query in found.captured_queries]
    return len([sql for sql in said if not sql.startswith(TRANSACTION) and SESSION not in sql])


def test_lists_ask_the_same_whatever_their_length(log_in: LogIn, admin_user: User, acme: Customer) -> None:
    client = log_in(admin_user)
    pages = [reverse(LIST), history(acme)]
    for address in pages:
        client.get(address)  # fills caches
    few = [queries(client, address) for address in pages]
    for number in range(30):
        acme.industry = f"Pumps {number}"
        acme.save_checked()
    assert [queries(client, address) for address in pages] == few
    assert few[0] <= 8 and few[1] <= 9, few
