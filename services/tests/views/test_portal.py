"""The pages of the customer portal: by a cookie of their own, and of one's own tickets alone."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from customers.models import Customer, User
from customers.operations.add_contact_point import add_contact_point
from services.choices import MessageKind
from services.models import (
    Attachment,
    Mailbox,
    Message,
    OutboundMail,
    PortalLogin,
    PortalSession,
    Queue,
    SatisfactionRating,
    Ticket,
)
from services.operations.add_note import add_note
from services.operations.attach_file import attach_file
from services.operations.finish_draft import finish_draft
from services.operations.reply_to_ticket import reply_to_ticket
from services.operations.solve_ticket import solve_ticket
from services.tests.operations.desk import a_ticket, after
from services.tests.operations.forms import a_form
from services.tests.operations.mails import a_mailbox
from tests.cast import NOW

pytestmark = pytest.mark.django_db

ADDRESS = "boss@example.org"


@pytest.fixture(autouse=True)
def _an_hour_later() -> Iterator[None]:
    with time_machine.travel(after(hours=1), tick=False):
        yield


@pytest.fixture
def box(queue: Queue) -> Mailbox:
    return a_mailbox(queue, sends=True)


@pytest.fixture
def boss(acme: Customer) -> Customer:
    add_contact_point(customer=acme, kind="email", value=ADDRESS, at=NOW)
    return acme


@pytest.fixture
def stranger() -> Client:
    return Client()


@pytest.fixture
def customer(boss: Customer, box: Mailbox) -> Client:
    """A browser in which the boss is logged in."""
    client = Client()
    client.post(reverse("portal-login"), {"email": ADDRESS})
    assert client.post(link_path()).status_code == 303
    return client


@pytest.fixture
def ticket(boss: Customer, queue: Queue) -> Ticket:
    return a_ticket(boss, queue)


def link_path() -> str:
    mail = OutboundMail.objects.get(key=f"portal:{PortalLogin.objects.get(used_at=None).pk}")
    return re.search(r"/my/link/\S+", str(mail.body))[0]  # type: ignore[index]


def page(ticket: Ticket, name: str = "portal-ticket") -> str:
    return reverse(name, args=[ticket.number])


def said_by_customer(ticket: Ticket) -> int:
    return ticket.messages.filter(direction="inbound").count()


def test_the_answer_is_the_same_whether_or_not_the_address_is_known(
    stranger: Client, boss: Customer, box: Mailbox
) -> None:
    answers = []
    for address in (ADDRESS, "nobody@example.org"):
        response = stranger.post(reverse("portal-login"), {"email": address}, follow=True)
        answers.append((response.redirect_chain, re.sub(r'value="\w{64}"', "", response.content.decode())))
    assert answers[0] == answers[1] and "on its way" in answers[0][1]
    assert OutboundMail.objects.count() == 1


def test_what_is_no_address_is_told_and_stays(stranger: Client, box: Mailbox) -> None:
    response = stranger.post(reverse("portal-login"), {"email": "boss at example"})
    assert response.status_code == 422 and 'value="boss at example"' in response.content.decode()


def test_without_a_mailbox_the_page_says_so(stranger: Client) -> None:
    assert "Nobody can log in here" in stranger.get(reverse("portal-login")).content.decode()


def test_one_network_asks_twenty_times_an_hour(stranger: Client, box: Mailbox) -> None:
    codes = [stranger.post(reverse("portal-login"), {"email": f"{n}@example.org"}).status_code for n in range(21)]
    assert codes == [303] * 20 + [429]


def test_opening_the_link_consumes_nothing_and_its_button_logs_in(
    stranger: Client, boss: Customer, box: Mailbox
) -> None:
    stranger.post(reverse("portal-login"), {"email": ADDRESS})
    path = link_path()
    for _ in range(2):
        assert stranger.get(path).status_code == stranger.head(path).status_code == 200
    assert not PortalSession.objects.exists()
    response = stranger.post(path)
    assert (response.status_code, response["Location"]) == (303, reverse("portal"))
    cookie = response.cookies["candid_portal"]
    assert cookie["path"] == "/my/"
    assert (
        cookie["httponly"] and cookie["samesite"] == "Lax" and cookie.value not in str(PortalSession.objects.values())
    )
    for again in (stranger.get(path), stranger.post(path)):
        assert again.status_code == 410 and "works no more" in again.content.decode()


def test_a_form_of_another_site_does_nothing(boss: Customer, box: Mailbox, ticket: Ticket, customer: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = customer.cookies
    for path in (page(ticket), page(ticket, "portal-solve"), reverse("portal-logout"), reverse("portal-new")):
        assert strict.post(path, {"body": "x", "key": str(uuid4())}).status_code == 403


def test_it_leads_back_to_where_one_wanted_to_go(
    stranger: Client, boss: Customer, box: Mailbox, ticket: Ticket
) -> None:
    assert stranger.get(page(ticket))["Location"] == reverse("portal-login")
    stranger.post(reverse("portal-login"), {"email": ADDRESS})
    assert stranger.post(link_path())["Location"] == page(ticket)
    stranger.cookies["candid_portal_next"] = "//evil.example/my/"
    stranger.post(reverse("portal-logout"))
    stranger.post(reverse("portal-login"), {"email": ADDRESS})
    assert stranger.post(link_path())["Location"] == reverse("portal")


def test_it_opens_nothing_of_the_admin_and_the_admin_nothing_of_it(
    customer: Client, ticket: Ticket, root: User, client: Client
) -> None:
    assert customer.get(reverse("admin:index")).status_code == 302
    assert customer.get("/api/v1/tickets/").status_code == 401
    client.force_login(root)
    assert client.get(page(ticket))["Location"] == reverse("portal-login")


def test_logging_out_ends_the_session(customer: Client) -> None:
    secret = customer.cookies["candid_portal"].value
    customer.post(reverse("portal-logout"))
    customer.cookies["candid_portal"] = secret
    assert customer.get(reverse("portal")).status_code == 303 and not PortalSession.objects.exists()


def test_the_list_has_ones_own_tickets_in_few_queries(
    customer: Client, boss: Customer, wang: Customer, queue: Queue, django_assert_max_num_queries: Any
) -> None:
    for number in range(25):
        a_ticket(boss, queue, subject=f"Mine {number}")
    a_ticket(wang, queue, subject="Of somebody else")
    with django_assert_max_num_queries(8):
        html = customer.get(reverse("portal")).content.decode()
    assert html.count("Mine ") == 20 and "Of somebody else" not in html and "Page 1 of 2" in html
    assert customer.get(reverse("portal") + "?page=2").content.decode().count("Mine ") == 5
    assert customer.get(reverse("portal") + "?page=x").status_code == 200


def test_the_page_shows_what_was_said_in_public_and_no_names_of_staff(
    customer: Client, ticket: Ticket, ann: User, var: Path, django_assert_max_num_queries: Any
) -> None:
    add_note(ticket=ticket, body="They are difficult.", by=ann, at=after(minutes=1))
    reply_to_ticket(ticket=ticket, body="We come. https://example.org/map <b>", by=ann, at=after(minutes=2))
    with django_assert_max_num_queries(12):
        html = customer.get(page(ticket)).content.decode()
    assert "Water everywhere." in html and "We come." in html and "difficult" not in html
    assert "Ann" not in html and "help@candid.example" in html
    assert 'href="https://example.org/map" rel="nofollow"' in html and "&lt;b&gt;" in html


def test_others_tickets_do_not_exist(customer: Client, wang: Customer, queue: Queue) -> None:
    other = a_ticket(wang, queue)
    for path in (
        page(other),
        reverse("portal-ticket", args=["T-999999"]),
        reverse("portal-ticket", args=["x'"]),
        "/my/tickets/%00/",
    ):
        assert customer.get(path).status_code == customer.post(path, {"body": "x"}).status_code == 404
    for name in ("portal-solve", "portal-rate"):
        assert customer.post(page(other, name), {"value": 5}).status_code == 404
    other.refresh_from_db()
    assert other.status == "new" and other.messages.count() == 1


def test_pages_are_kept_out_of_caches_search_engines_and_logs(
    customer: Client, ticket: Ticket, caplog: pytest.LogCaptureFixture
) -> None:
    for path in (reverse("portal"), page(ticket), reverse("portal-login"), reverse("portal-new"), "/my/link/secret/"):
        response = customer.get(path)
        assert response["X-Robots-Tag"] == "noindex, nofollow" and response["Referrer-Policy"] == "same-origin"
        assert "no-store" in response["Cache-Control"], path
    assert "/my/link/secret" not in caplog.text


def test_an_answer_with_a_file_is_one_message_however_often_it_is_sent(
    customer: Client, ticket: Ticket, var: Path
) -> None:
    key = re.search(r'name="key" value="([^"]+)"', customer.get(page(ticket)).content.decode())[1]  # type: ignore[index]
    for _ in range(2):
        file = SimpleUploadedFile("leak.txt", b"Look here.")
        response = customer.post(page(ticket), {"key": key, "body": "Still leaks.", "files": file})
        assert (response.status_code, response["Location"]) == (303, page(ticket))
    said = Message.objects.get(body="Still leaks.")
    assert said.direction == "inbound" and said.attachments.get().name == "leak.txt"
    html = customer.get(page(ticket)).content.decode()
    assert "Thank you. We have your answer." in html and "leak.txt" in html


@pytest.mark.parametrize("data", [{"body": ""}, {"body": "typed", "key": "no uuid"}, {"body": "typed", "key": ""}])
def test_a_wrong_answer_is_told_and_what_was_typed_stays(
    customer: Client, ticket: Ticket, data: dict[str, str]
) -> None:
    response = customer.post(page(ticket), {"key": str(uuid4()), **data})
    assert response.status_code == 422 and 'role="alert"' in response.content.decode()
    assert data["body"] in response.content.decode() and said_by_customer(ticket) == 1


def test_a_file_that_is_not_taken_is_told_and_nothing_is_written(customer: Client, ticket: Ticket, var: Path) -> None:
    data = {"key": str(uuid4()), "body": "typed", "files": SimpleUploadedFile("run.exe", b"MZ")}
    response = customer.post(page(ticket), data)
    assert response.status_code == 422 and "run.exe" in response.content.decode()
    assert ">typed" in response.content.decode().replace("\n", "") and said_by_customer(ticket) == 1


def test_what_was_typed_when_the_session_ended_is_shown_once_more(customer: Client, ticket: Ticket) -> None:
    PortalSession.objects.all().delete()
    response = customer.post(page(ticket), {"key": str(uuid4()), "body": "A long story"})
    assert response.status_code == 401 and "A long story" in response.content.decode()


def test_files_of_public_messages_are_handed_out_to_their_customer_alone(
    customer: Client, ticket: Ticket, ann: User, stranger: Client, var: Path
) -> None:
    files = {}
    for kind in (MessageKind.REPLY, MessageKind.NOTE):
        file = attach_file(ticket=ticket, kind=kind, name="plan.txt", chunks=[b"Plan"], by=ann, at=NOW)
        waiting = reverse("portal-file", args=[ticket.number, file.key])
        assert customer.get(waiting).status_code == 404  # it is of no message yet
        say = reply_to_ticket if kind == MessageKind.REPLY else add_note
        finish_draft(message=say(ticket=ticket, body="x", by=ann, at=after(minutes=1)), by=ann, files=[file.key])
        files[kind] = waiting
    response = customer.get(files[MessageKind.REPLY])
    assert b"".join(response.streaming_content) == b"Plan"  # type: ignore[attr-defined]
    assert response["Content-Disposition"].startswith("attachment") and "sandbox" in response["Content-Security-Policy"]
    assert "no-store" in response["Cache-Control"]
    assert customer.get(files[MessageKind.NOTE]).status_code == 404
    assert stranger.get(files[MessageKind.REPLY]).status_code == 303
    assert Attachment.objects.count() == 2


def test_it_is_marked_as_solved_and_rated(customer: Client, ticket: Ticket, ann: User) -> None:
    reply_to_ticket(ticket=ticket, body="We come.", by=ann, at=after(minutes=2))
    assert "Mark as solved" in customer.get(page(ticket)).content.decode()
    for _ in range(2):
        assert customer.post(page(ticket, "portal-solve")).status_code == 303
    html = customer.get(page(ticket)).content.decode()
    assert "How was our help?" in html and "Mark as solved" not in html
    assert customer.post(page(ticket, "portal-rate"), {"value": "9"}).status_code == 422
    assert customer.post(page(ticket, "portal-rate"), {"value": "4", "comment": "fast"}).status_code == 303
    assert "You answered 4 of 5: Good." in customer.get(page(ticket)).content.decode()
    customer.post(page(ticket, "portal-rate"), {"value": "5", "comment": "fast"})
    assert [one.value for one in SatisfactionRating.objects.filter(replaced_by=None)] == [5]


def test_what_is_not_solved_is_not_rated(customer: Client, ticket: Ticket) -> None:
    assert customer.post(page(ticket, "portal-rate"), {"value": "5"}).status_code == 404


def test_a_closed_ticket_is_not_solved_once_more(customer: Client, ticket: Ticket) -> None:
    solve_ticket(ticket=ticket, by=None, at=after(minutes=1))
    Ticket.objects.update(status="closed")
    html = customer.post(page(ticket, "portal-solve"), follow=True).content.decode()
    assert "over already" in html and "Is there more to it?" in html


def test_a_merged_ticket_leads_on_to_the_one_that_was_kept(customer: Client, ticket: Ticket, queue: Queue) -> None:
    kept = a_ticket(ticket.customer, queue)
    Ticket.objects.filter(pk=ticket.pk).update(status="merged", merged_into=kept)
    html = customer.get(page(ticket)).content.decode()
    assert page(kept) in html and "<textarea" not in html
    assert customer.post(page(ticket), {"body": "x", "key": str(uuid4())}).status_code == 404


def test_a_new_request_becomes_one_ticket(customer: Client, boss: Customer, queue: Queue) -> None:
    form = a_form(queue, in_portal=True, title="Repairs")
    html = customer.get(reverse("portal-new")).content.decode()
    assert "Repairs" in html and 'name="customer"' not in html
    data = {"key": str(uuid4()), "about": form.pk, "subject": "Pump", "body": "Leaks"}
    paths = {customer.post(reverse("portal-new"), data)["Location"] for _ in range(2)}
    assert paths == {page(Ticket.objects.get())}
    response = customer.post(reverse("portal-new"), {**data, "subject": ""})
    assert response.status_code == 422 and "Leaks" in response.content.decode()


def test_whoever_shares_an_address_says_for_whom(customer: Client, boss: Customer, wang: Customer) -> None:
    add_contact_point(customer=wang, kind="email", value=ADDRESS, at=NOW)
    data = {"key": str(uuid4()), "subject": "Pump", "body": "Leaks"}
    assert customer.post(reverse("portal-new"), data).status_code == 422
    assert customer.post(reverse("portal-new"), {**data, "customer": wang.pk}).status_code == 303
    assert Ticket.objects.get().customer == wang


@pytest.mark.parametrize("how", ["query", "header"])
def test_it_speaks_chinese(customer: Client, ticket: Ticket, how: str) -> None:
    query = "?language=zh-hans" if how == "query" else ""
    headers = {"Accept-Language": "zh-CN"} if how == "header" else {}
    response = customer.get(page(ticket) + query, headers=headers)
    assert response["Content-Language"] == "zh-hans" and 'lang="zh-hans"' in response.content.decode()
    again = customer.get(reverse("portal"))
    assert (again["Content-Language"] == "zh-hans") == (how == "query")  # that was chosen, so it is remembered
