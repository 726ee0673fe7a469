"""Django's log of the admin keeps names in clear: nothing of ours writes it."""

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from customers.admin.base import CandidModelAdmin
from customers.models import Audited, AuditEntry, Customer, Tag, User
from customers.tests.admin.conftest import LogIn
from customers.tests.admin.forms import posted


def test_no_page_of_an_audited_model_writes_it() -> None:
    writers = {
        model._meta.label
        for model, page in admin.site._registry.items()
        if issubclass(model, Audited) and type(page).log_change is not CandidModelAdmin.log_change
    }
    assert writers == set()


def test_what_is_added_changed_and_deleted_is_in_the_audit_record_alone(
    log_in: LogIn, root: User, acme: Customer
) -> None:
    client = log_in(root)
    add = reverse("admin:customers_tag_add")
    assert client.post(add, posted(client, add) | {"name": "Zhang's friends"}).status_code == 302
    tag = Tag.objects.get()
    page = reverse("admin:customers_customer_change", args=[acme.pk])
    assert client.post(page, posted(client, page) | {"name": "Renamed"}).status_code == 302
    client.post(reverse("admin:customers_tag_delete", args=[tag.pk]), {"post": "yes"})
    user = reverse("admin:customers_user_change", args=[root.pk])
    assert client.post(user, posted(client, user) | {"first_name": "Rosa"}).status_code == 302
    assert not LogEntry.objects.exists()
    told = set(AuditEntry.objects.values_list("model", "kind"))
    assert {("customers.tag", "added"), ("customers.tag", "removed"), ("customers.customer", "changed")} <= told


def test_a_refused_save_says_who_saved_before(log_in: LogIn, bob: User, acme: Customer) -> None:
    client = log_in(bob)
    page = reverse("admin:customers_customer_change", args=[acme.pk])
    mine = posted(client, page) | {"name": "Mine"}
    client.post(page, posted(client, page) | {"name": "Theirs"})
    assert "Last saved by bob" in client.post(page, mine).content.decode()
