from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from customers.models import User
from services.models import InboundMail, Mailbox, Queue
from services.tests.operations.mails import a_mailbox, come_in, mail
from tests.mail.seeds import SEEDS

pytestmark = pytest.mark.usefixtures("var", "fresh_keys")

LIST = "/admin/services/inboundmail/"


@pytest.fixture
def box(queue: Queue) -> Mailbox:
    return a_mailbox(queue)


def test_the_list_says_what_became_of_each(client: Any, box: Mailbox, ann: User) -> None:
    come_in(box, mail())
    come_in(box, SEEDS["out of office"])
    client.force_login(ann)
    page = client.get(LIST).content.decode()
    for words in ("ann@lee.example", "New ticket", "Ignored", "An automatic answer that belongs to no ticket."):
        assert words in page


def test_a_mail_is_saved_as_it_came_by_whoever_may_see_it(client: Any, box: Mailbox, ann: User, otto: User) -> None:
    filed = come_in(box, mail())
    client.force_login(ann)
    response = client.get(f"{LIST}{filed.pk}/raw/")
    assert b"".join(response.streaming_content) == mail()
    assert response["Content-Disposition"].startswith("attachment")
    assert client.get(f"{LIST}{filed.pk}/change/").status_code == 200
    client.force_login(otto)
    assert client.get(f"{LIST}{filed.pk}/raw/").status_code == 404
    assert client.get(f"{LIST}{filed.pk}/change/").status_code == 404


def test_those_who_may_file_one_again(client: Any, box: Mailbox, ann: User) -> None:
    filed = come_in(box, SEEDS["out of office"])
    form = {"action": "file_again", "_selected_action": [str(filed.pk)]}
    client.force_login(ann)
    client.post(LIST, form)
    filed.refresh_from_db()
    assert filed.outcome == "ignored"
    ann.user_permissions.add(Permission.objects.get(codename="change_inboundmail"))
    page = client.post(LIST, form, follow=True).content.decode()
    assert "1 mail was filed again." in page
    assert InboundMail.objects.get().outcome == "ticket"


def test_the_conversation_folds_what_is_quoted_and_leads_to_the_mail(client: Any, box: Mailbox, ann: User) -> None:
    filed = come_in(box, SEEDS["gmail html"])
    assert filed.ticket is not None and filed.message is not None
    client.force_login(ann)
    shown = reverse("admin:desk_mail", args=[filed.message.came_as.pk])
    for address in (f"/admin/services/ticket/{filed.ticket.pk}/change/", f"/admin/desk/?ticket={filed.ticket.pk}"):
        page = client.get(address).content.decode()
        assert "Show quoted text" in page and shown in page


def test_the_mail_is_shown_where_it_can_do_nothing(client: Any, box: Mailbox, ann: User, otto: User) -> None:
    message = come_in(box, SEEDS["inline picture"]).message
    assert message is not None
    address = reverse("admin:desk_mail", args=[message.came_as.pk])
    client.force_login(ann)
    response = client.get(address)
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "sandbox" in policy and "allow-scripts" not in policy
    assert b'src="data:image/png;base64,' in response.content
    assert client.get(f"{address}eml/").status_code == 200
    client.force_login(otto)
    assert client.get(address).status_code == 404
    assert client.get(f"{address}eml/").status_code == 404


def test_the_list_asks_as_many_questions_for_many_as_for_one(
    client: Any, box: Mailbox, ann: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(5):
        come_in(box, mail(number=number))
    client.force_login(ann)
    client.get(LIST)
    with django_assert_max_num_queries(12):
        client.get(LIST)
