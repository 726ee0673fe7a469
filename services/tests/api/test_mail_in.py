import base64
from typing import Any

import pytest

from customers.models import User
from services.models import InboundMail, Mailbox, Queue, Ticket
from services.operations.file_waiting_mails import file_waiting_mails
from services.tests.operations.mails import a_mailbox, come_in, mail
from tests.cast import NOW
from tests.client import as_user
from tests.mail.seeds import SEEDS

pytestmark = pytest.mark.usefixtures("var", "fresh_keys")

RAW = "message/rfc822"


@pytest.fixture
def box(queue: Queue) -> Mailbox:
    return a_mailbox(queue)


def hand_over(user: User, box: Mailbox, raw: bytes, **headers: str) -> Any:
    address = f"/api/v1/mailboxes/{box.pk}/messages/"
    client: Any = as_user(user)
    return client.generic("POST", address, raw, content_type=RAW, headers=headers)


def test_a_mail_is_kept_before_it_is_answered_and_filed_later(box: Mailbox, root: User) -> None:
    response = hand_over(root, box, mail())
    assert (response.status_code, response.json()["outcome"]) == (202, "waiting")
    file_waiting_mails(at=InboundMail.objects.get().due_at)
    assert Ticket.objects.get().subject == "Printer"


def test_the_same_bytes_are_one_mail(box: Mailbox, root: User) -> None:
    first, again = hand_over(root, box, mail()), hand_over(root, box, mail())
    assert (again.status_code, again.json()["id"]) == (202, first.json()["id"])
    with_key = hand_over(root, box, mail(), **{"Idempotency-Key": "1"})
    assert with_key.json()["id"] == first.json()["id"]
    assert InboundMail.objects.count() == 1


def test_it_may_come_in_base64(box: Mailbox, root: User) -> None:
    body = {"raw": base64.b64encode(mail()).decode()}
    assert as_user(root).post(f"/api/v1/mailboxes/{box.pk}/messages/", body).status_code == 202
    assert as_user(root).post(f"/api/v1/mailboxes/{box.pk}/messages/", {"raw": "?"}).status_code == 400


def test_what_is_too_large_is_refused(box: Mailbox, root: User, settings: Any) -> None:
    settings.MAIL_MOST_BYTES = 1000
    response = hand_over(root, box, mail("x" * 2000))
    assert (response.status_code, response.json()["code"]) == (413, "too_large")
    assert InboundMail.objects.count() == 0


def test_nothing_is_no_mail(box: Mailbox, root: User) -> None:
    assert hand_over(root, box, b"").status_code == 400


def test_it_needs_the_permission(box: Mailbox, ann: User) -> None:
    assert hand_over(ann, box, mail()).status_code == 403


def test_what_became_of_it_is_read_by_whoever_sees_the_ticket(box: Mailbox, ann: User, otto: User) -> None:
    filed = come_in(box, mail())
    (row,) = as_user(ann).get("/api/v1/inbound-mails/").json()["results"]
    assert (row["id"], row["outcome"], row["sender"]) == (str(filed.pk), "ticket", "ann@lee.example")
    raw: Any = as_user(ann).get(f"/api/v1/inbound-mails/{filed.pk}/raw/")
    assert b"".join(raw.streaming_content) == mail()
    assert as_user(otto).get(f"/api/v1/inbound-mails/{filed.pk}/raw/").status_code == 404
    assert as_user(otto).get("/api/v1/inbound-mails/").json()["results"] == []


def test_the_list_goes_on_page_by_page(box: Mailbox, ann: User) -> None:
    for number in range(3):
        come_in(box, mail(number=number, subject=str(number)), at=NOW.replace(minute=number))
    page = as_user(ann).get("/api/v1/inbound-mails/?page_size=2").json()
    rest = as_user(ann).get(page["next"]).json()
    assert [row["subject"] for row in (*page["results"], *rest["results"])] == ["2", "1", "0"]


def test_an_ignored_mail_is_filed_again_as_a_person_s(box: Mailbox, root: User) -> None:
    filed = come_in(box, SEEDS["out of office"])
    response = as_user(root).post(f"/api/v1/inbound-mails/{filed.pk}/file-again/", {})
    assert (response.status_code, response.json()["outcome"]) == (200, "waiting")
    filed.refresh_from_db()
    file_waiting_mails(at=filed.due_at)
    filed.refresh_from_db()
    assert filed.outcome == "ticket"
    refused = as_user(root).post(f"/api/v1/inbound-mails/{filed.pk}/file-again/", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "already_filed")
