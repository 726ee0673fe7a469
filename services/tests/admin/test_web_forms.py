"""Web forms in the admin: how one is set up, what is held, and who is logged in to the portal."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import AuditEntry, Customer, User
from customers.operations.add_contact_point import add_contact_point
from services.models import PortalSession, Queue, Ticket, WebForm, WebFormSubmission
from services.operations.mail_sender import index_of
from services.tests.operations.forms import a_form, send

LIST = "admin:services_webformsubmission_changelist"


@pytest.fixture
def admin(client: Client, root: User) -> Client:
    client.force_login(root)
    return client


def posted(queue: Queue, **more: Any) -> dict[str, Any]:
    given = {"name": "Contact", "slug": "contact", "queue": queue.pk, "asks_name": "on", "is_active": "on"}
    return {**given, "title": "", "intro": "", "origins": "", "service_type": "", **more}


def test_a_form_is_set_up_with_its_sites_one_a_line(admin: Client, queue: Queue) -> None:
    add = reverse("admin:services_webform_add")
    response = admin.post(add, posted(queue, origins="https://a.example/\r\nhttps://b.example", languages=["zh-hans"]))
    assert response.status_code == 302
    form = WebForm.objects.get()
    assert form.origins == ["https://a.example", "https://b.example"] and form.languages == ["zh-hans"]
    assert (form.asks_name, form.asks_subject) == (True, False)
    html = admin.get(reverse("admin:services_webform_change", args=[form.pk])).content.decode()
    assert "/forms/contact/embed.js" in html and "https://a.example\nhttps://b.example" in html
    assert reverse("admin:services_webform_preview", args=[form.pk]) in html


def test_what_is_no_web_site_is_told_and_stays(admin: Client, queue: Queue) -> None:
    response = admin.post(reverse("admin:services_webform_add"), posted(queue, origins="*.example.com"))
    html = response.content.decode()
    assert response.status_code == 200 and "no web site" in html and "*.example.com" in html
    assert not WebForm.objects.exists()


def test_a_change_goes_through_the_operation_and_a_stale_one_is_refused(admin: Client, queue: Queue) -> None:
    form = a_form(queue)
    change = reverse("admin:services_webform_change", args=[form.pk])
    data = posted(queue, title="Repairs", seen_version=form.version)
    assert admin.post(change, data).status_code == 302
    form.refresh_from_db()
    assert form.title == "Repairs"
    assert admin.post(change, {**data, "title": "Other"}).status_code == 200
    form.refresh_from_db()
    assert form.title == "Repairs"


def test_the_preview_is_framed_by_us_alone_and_sends_nothing(admin: Client, queue: Queue, ann: User) -> None:
    form = a_form(queue, is_active=False, title="Repairs")
    address = reverse("admin:services_webform_preview", args=[form.pk])
    response = admin.get(address)
    assert "Repairs" in response.content.decode() and "<form class" not in response.content.decode()
    policy = response["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy and "form-action 'none'" in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert admin.get(reverse("admin:services_webform_preview", args=[99])).status_code == 404
    assert Client().get(address).status_code == 302


def test_what_is_held_is_listed_with_its_reasons_in_few_queries(
    admin: Client, queue: Queue, django_assert_max_num_queries: Any
) -> None:
    form = a_form(queue)
    for number in range(12):
        send(form, key=str(number), honeypot="x", body=f"Number {number}")
    with django_assert_max_num_queries(10):
        html = admin.get(reverse(LIST)).content.decode()
    assert "a field was filled in that people do not see" in html and "Pump leaks" in html


def test_it_is_let_through_or_thrown_away(client: Client, ann: User, queue: Queue) -> None:
    client.force_login(ann)
    form = a_form(queue)
    rows = [send(form, key=str(n), honeypot="x", body=f"Number {n}") for n in range(4)]
    page = reverse("admin:services_webformsubmission_change", args=[rows[0].pk])
    html = client.get(page).content.decode()
    assert "Let through" in html and "Number 0" in html
    for row, verb in zip(rows, ("release", "discard"), strict=False):
        address = reverse("admin:services_webformsubmission_decide", args=[row.pk, verb])
        assert client.get(address).status_code == 403
        assert client.post(address).status_code == 302
    for row, verb in zip(rows[2:], ("release", "discard"), strict=True):
        client.post(reverse(LIST), {"action": verb, "_selected_action": [str(row.pk)]})
    states = [WebFormSubmission.objects.get(pk=row.pk).state for row in rows]
    assert states == ["ticket", "discarded"] * 2 and Ticket.objects.count() == 2
    assert {"release", "discard"} <= set(AuditEntry.objects.values_list("verb", flat=True))


def test_an_outsider_sees_none_and_decides_on_none(client: Client, otto: User, queue: Queue) -> None:
    held = send(a_form(queue), honeypot="x")
    client.force_login(otto)
    assert "Pump leaks" not in client.get(reverse(LIST)).content.decode()
    address = reverse("admin:services_webformsubmission_decide", args=[held.pk, "release"])
    assert client.post(address).status_code == 404 and not Ticket.objects.exists()


def test_customers_are_logged_out_of_the_portal(admin: Client, acme: Customer, wang: Customer) -> None:
    at = timezone.now()
    add_contact_point(customer=acme, kind="email", value="boss@example.org", at=at)
    for digest, customer in (("1", acme), ("2", acme), ("3", wang)):
        index = index_of("boss@example.org") if customer == acme else "x"
        PortalSession.objects.create(digest=digest, email_index=index, customer=customer, begun_at=at, seen_at=at)
    page = reverse("admin:services_portalsession_changelist")
    html = admin.get(page, {"q": "boss@example.org"}).content.decode()
    assert html.count("Acme Pumps") >= 2 and wang.name not in html
    chosen = PortalSession.objects.filter(digest="1").values_list("pk", flat=True)
    admin.post(page, {"action": "end", "_selected_action": [str(key) for key in chosen]})
    assert [row.customer for row in PortalSession.objects.all()] == [wang]
