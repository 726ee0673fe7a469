"""“My sessions”: one's own, and nobody else's."""

import pytest
from django.test import Client
from django.urls import reverse

from customers.admin.login.browsers import browser_words
from customers.models import AuditEntry, Session, User, digest_of_key
from customers.tests.admin.conftest import LogIn
from customers.tests.admin.login.codes import PASSWORD
from tests.cast import make_user

PAGE = "/admin/account/sessions/"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit/605 Version/18.0 Mobile Safari/604"


def is_in(client: Client) -> bool:
    return client.get(reverse("admin:index")).status_code == 200


def this(client: Client) -> str:
    """The session of this browser, as it is stored."""
    return digest_of_key(client.cookies["sessionid"].value)


def test_it_lists_ones_own_and_says_which_one_this_is(log_in: LogIn, ann: User, bob: User) -> None:
    log_in(bob)
    phone = Client(headers={"user-agent": PHONE}, REMOTE_ADDR="198.51.100.7")
    phone.post("/admin/login/", {"username": "ann", "password": PASSWORD})
    page = log_in(ann).get(PAGE).content.decode()
    assert page.count('name="session"') == 2
    assert page.count("this one") == 1
    assert "Safari on iPhone" in page
    assert "from 198.51.100.7" in page


def test_one_of_the_others_is_ended(log_in: LogIn, ann: User) -> None:
    other, client = log_in(ann), log_in(ann)
    others = Session.objects.exclude(pk=this(client)).get()
    client.post(PAGE, {"session": others.pk})
    assert not is_in(other)
    assert is_in(client)


def test_all_others_are_ended(log_in: LogIn, ann: User) -> None:
    others, client = [log_in(ann) for _ in range(3)], log_in(ann)
    page = client.post(PAGE, {"others": "1"}, follow=True).content.decode()
    assert "3 sessions have ended." in page
    assert not any(is_in(other) for other in others)
    assert is_in(client)


def test_to_end_this_one_is_to_log_out(log_in: LogIn, ann: User) -> None:
    client = log_in(ann)
    assert client.post(PAGE, {"session": this(client)})["Location"] == "/admin/login/"
    assert not is_in(client)


def test_nobody_ends_that_of_somebody_else(log_in: LogIn, ann: User, bob: User) -> None:
    his, client = log_in(bob), log_in(ann)
    client.post(PAGE, {"session": this(his)})
    client.post(PAGE, {"others": "1"})
    assert is_in(his)


def test_an_administrator_sees_and_ends_those_of_everybody(log_in: LogIn, ann: User, root: User) -> None:
    hers, roots, client = log_in(ann), log_in(root), log_in(make_user("carla", role="Administrator"))
    address = reverse("admin:customers_session_changelist")
    assert "ann" in client.get(address).content.decode()
    client.post(address, {"action": "end", "_selected_action": [this(hers), this(roots)]})
    assert not is_in(hers)
    assert is_in(roots)  # a superuser's are ended by superusers alone
    assert AuditEntry.objects.filter(verb="end_sessions", object_id=str(ann.pk), actor__username="carla").exists()


def test_nobody_else_sees_them(log_in: LogIn, bob: User) -> None:
    assert log_in(bob).get(reverse("admin:customers_session_changelist")).status_code == 403


def test_an_administrator_logs_somebody_out_from_their_page(log_in: LogIn, ann: User) -> None:
    hers, client = log_in(ann), log_in(make_user("carla", role="Administrator"))
    client.post(reverse("admin:customers_user_end_sessions", args=[ann.pk]))
    assert not is_in(hers)
    assert is_in(client)


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/18.0 Safari/605", "Safari on macOS"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537", "Chrome on Android"),
        (PHONE, "Safari on iPhone"),
        ("curl/8.0", "curl/8.0"),
        ("", "unknown browser"),
    ],
)
def test_browsers_have_names(agent: str, words: str) -> None:
    assert browser_words(agent) == words
