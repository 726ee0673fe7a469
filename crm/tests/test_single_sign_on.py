"""Single sign-on against a real OpenID Connect provider, which runs beside the test."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import oidc_provider_mock
import pytest
import requests
from django.test import Client
from django.urls import reverse

from crm.sso_settings import SignInService
from customers.admin.login import sso as page
from customers.models import Session, SsoIdentity, Team, User
from customers.tests.admin.login.codes import PASSWORD, with_phone
from tests.cast import NOW

SSO, LOGIN = "/admin/login/sso/", "/admin/login/"


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of a provider that knows whoever a test tells it of."""
    with oidc_provider_mock.run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def service(provider: str, settings: Any) -> Any:
    """Single sign-on, set up with that provider."""
    return configure(settings, provider)


def configure(settings: Any, provider: str, **more: Any) -> Any:
    settings.SSO = SignInService(issuer=provider, client_id="candid", client_secret="s3cret", **more)
    return settings


def know(provider: str, subject: str, **claims: Any) -> None:
    """Tell the provider what it knows of somebody."""
    answer = requests.put(f"{provider}/users/{quote(subject)}", json=claims, timeout=5)
    assert answer.status_code == 204, answer.text


def leave(client: Client, next_page: str = "") -> str:
    """Press the button; the address that the browser is sent to."""
    response = client.get(SSO, {"next": next_page})
    assert response.status_code == 302
    return str(response["Location"])


def allow(address: str, subject: str) -> str:
    """Log in at the provider as a person would; the address that it sends the browser back to."""
    answer = requests.post(address, data={"sub": subject}, allow_redirects=False, timeout=5)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def come_back(client: Client, address: str) -> Any:
    parts = urlsplit(address)
    return client.get(f"{parts.path}?{parts.query}")


def sign_in(client: Client, subject: str, next_page: str = "") -> Any:
    return come_back(client, allow(leave(client, next_page), subject))


def is_in(client: Client) -> bool:
    return client.get(reverse("admin:index")).status_code == 200


def told(response: Any, client: Client) -> str:
    assert response["Location"] == LOGIN
    return client.get(LOGIN).content.decode()


def test_somebody_we_know_is_let_in_to_the_page_they_asked_for(
    client: Client, ann: User, provider: str, service: Any
) -> None:
    know(provider, "sub-ann", preferred_username="ann")
    wanted = reverse("admin:customers_customer_changelist")
    response = sign_in(client, "sub-ann", wanted)
    assert (response.status_code, response["Location"]) == (302, wanted)
    assert is_in(client)
    assert Session.objects.get(user=ann).begun_at is not None


def test_the_request_carries_pkce_state_and_nonce(client: Client, service: Any, db: None) -> None:
    asked = parse_qs(urlsplit(leave(client)).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert all(len(asked[name][0]) >= 20 for name in ("code_challenge", "state", "nonce"))
    assert asked["redirect_uri"] == ["http://testserver/admin/login/sso/callback/"]


def test_they_are_known_by_their_subject_afterwards_whatever_their_name(
    client: Client, ann: User, provider: str, service: Any
) -> None:
    know(provider, "sub-1", preferred_username="ann")
    sign_in(client, "sub-1")
    know(provider, "sub-1", preferred_username="ann.married")
    other = Client()
    sign_in(other, "sub-1")
    assert is_in(other)
    assert SsoIdentity.objects.get().user == ann


def test_another_subject_with_the_same_name_is_refused(client: Client, ann: User, provider: str, service: Any) -> None:
    know(provider, "sub-2", preferred_username="ann")
    sign_in(Client(), "sub-2")
    know(provider, "sub-3", preferred_username="ann")
    assert "You are not known here" in told(sign_in(client, "sub-3"), client)
    assert not is_in(client)


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}])
def test_whoever_left_is_refused(
    client: Client, ann: User, provider: str, service: Any, change: dict[str, bool]
) -> None:
    know(provider, "sub-4", preferred_username="ann")
    sign_in(Client(), "sub-4")
    User.objects.filter(pk=ann.pk).update(**change)
    assert "You are not known here" in told(sign_in(client, "sub-4"), client)


def test_unknown_people_are_refused(client: Client, db: None, provider: str, service: Any) -> None:
    know(provider, "sub-5", preferred_username="stranger")
    assert "You are not known here" in told(sign_in(client, "sub-5"), client)
    assert not User.objects.filter(username="stranger").exists()


def test_or_made_without_a_role_where_the_setting_says_so(
    client: Client, db: None, provider: str, settings: Any
) -> None:
    configure(settings, provider, creates=True)
    know(provider, "sub-6", preferred_username="stranger", given_name="Sam", family_name="Ample")
    sign_in(client, "sub-6")
    assert is_in(client)
    user = User.objects.get(username="stranger")
    assert (user.first_name, user.last_name, user.is_staff, user.is_superuser) == ("Sam", "Ample", True, False)
    assert not user.groups.exists()
    assert not user.has_usable_password()
    assert client.get(reverse("admin:customers_customer_changelist")).status_code == 403


def test_an_email_counts_only_if_the_provider_has_verified_it(
    client: Client, ann: User, provider: str, settings: Any
) -> None:
    configure(settings, provider, claim="email")
    User.objects.filter(pk=ann.pk).update(email="ann@example.com")
    know(provider, "sub-7", email="Ann@example.com", email_verified=False)
    assert "You are not known here" in told(sign_in(client, "sub-7"), client)
    know(provider, "sub-7", email="Ann@example.com", email_verified=True)
    sign_in(client, "sub-7")
    assert is_in(client)


def test_an_email_that_two_have_lets_nobody_in(
    client: Client, ann: User, bob: User, provider: str, settings: Any
) -> None:
    configure(settings, provider, claim="email")
    User.objects.update(email="desk@example.com")
    know(provider, "sub-8", email="desk@example.com", email_verified=True)
    assert "You are not known here" in told(sign_in(client, "sub-8"), client)


def test_groups_there_are_roles_here(client: Client, ann: User, north: Team, provider: str, settings: Any) -> None:
    configure(settings, provider, roles=(("desk-leads", "Lead"), ("desk", "Agent"), ("bi", "Analyst")))
    know(provider, "sub-9", preferred_username="ann", groups=["desk-leads", "choir"])
    sign_in(client, "sub-9")
    assert set(ann.groups.values_list("name", flat=True)) == {"Lead"}  # no longer Agent
    know(provider, "sub-9", preferred_username="ann", groups=[])
    sign_in(Client(), "sub-9")
    assert not ann.groups.exists()


def test_roles_that_no_group_stands_for_are_left_alone(client: Client, ann: User, provider: str, settings: Any) -> None:
    configure(settings, provider, roles=(("bi", "Analyst"),))
    know(provider, "sub-10", preferred_username="ann", groups=["bi"])
    sign_in(client, "sub-10")
    assert set(ann.groups.values_list("name", flat=True)) == {"Agent", "Analyst"}


@pytest.mark.parametrize("spoil", ["state", "code", "twice", "other browser", "refused"])
def test_what_is_not_the_answer_to_our_question_opens_nothing(
    client: Client, ann: User, provider: str, service: Any, spoil: str
) -> None:
    know(provider, "sub-11", preferred_username="ann")
    back = allow(leave(client), "sub-11")
    comes = client
    if spoil == "state":
        back = back.replace("state=", "state=x")
    elif spoil == "code":
        back = back.replace("code=", "code=x")
    elif spoil == "twice":
        come_back(client, back)
        client.post(reverse("admin:logout"))
    elif spoil == "other browser":
        comes = Client()
    else:
        back = f"{reverse('admin:sso_callback')}?error=access_denied&error_description=<b>no</b>"
    page = told(come_back(comes, back), comes)
    assert "That sign-in did not work" in page
    assert "<b>no</b>" not in page
    assert not is_in(comes)


@pytest.mark.parametrize("spoil", ["nonce", "audience", "subject"])
def test_a_token_for_somebody_else_opens_nothing(
    client: Client, ann: User, provider: str, settings: Any, monkeypatch: pytest.MonkeyPatch, spoil: str
) -> None:
    configure(settings, provider, roles=(("desk", "Agent"),))
    know(provider, "sub-12", preferred_username="ann")
    back = allow(leave(client), "sub-12")
    talks = page._client(settings.SSO)
    if spoil == "nonce":
        session = client.session
        (key,) = [name for name in list(session.keys()) if name.startswith("_state_sso")]
        session[key] = {**session[key], "data": {**session[key]["data"], "nonce": "another"}}
        session.save()
    elif spoil == "audience":
        real = talks.parse_id_token
        monkeypatch.setattr(talks, "parse_id_token", lambda *a, **k: {**real(*a, **k), "aud": ["another"]})
    else:
        monkeypatch.setattr(talks, "userinfo", lambda **k: {"sub": "another", "groups": []})
    assert "That sign-in did not work" in told(come_back(client, back), client)
    assert not is_in(client)


def test_a_provider_that_is_down_is_said(client: Client, settings: Any, db: None) -> None:
    configure(settings, "http://127.0.0.1:1")
    assert "cannot be reached" in told(client.get(SSO), client)
    assert client.get(LOGIN).status_code == 200


def test_a_document_of_another_issuer_is_not_believed(
    client: Client, service: Any, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(page._client(service.SSO).server_metadata, "issuer", "https://another.example.com")
    assert "answers what we do not understand" in told(client.get(SSO), client)


def test_it_stands_for_the_second_step(client: Client, ann: User, provider: str, service: Any) -> None:
    service.TOTP_ROLES = ["Agent"]
    know(provider, "sub-13", preferred_username="ann")
    sign_in(client, "sub-13")
    assert is_in(client)


def test_unless_the_setting_wants_both(client: Client, ann: User, provider: str, settings: Any) -> None:
    settings.TOTP_ROLES = ["Agent"]
    configure(settings, provider, two_steps=True)
    know(provider, "sub-14", preferred_username="ann")
    sign_in(client, "sub-14")
    assert client.get(reverse("admin:index"))["Location"] == reverse("admin:two_step")
    with_phone(ann, at=NOW)
    other = Client()
    assert sign_in(other, "sub-14")["Location"] == reverse("admin:second_step")


def test_the_button_names_it_and_passwords_still_work(client: Client, ann: User, provider: str, settings: Any) -> None:
    configure(settings, provider, name="Example ID")
    wanted = reverse("admin:customers_customer_changelist")
    shown = client.get(f"{LOGIN}?next={wanted}").content.decode()
    assert "Sign in with Example ID" in shown
    assert f"{SSO}?next=" in shown
    assert client.post(LOGIN, {"username": "ann", "password": PASSWORD}).status_code == 302


def test_without_it_there_is_neither_button_nor_page(client: Client, db: None, settings: Any) -> None:
    settings.SSO = None
    assert "Sign in with" not in client.get(LOGIN).content.decode()
    assert client.get(SSO).status_code == client.get(reverse("admin:sso_callback")).status_code == 404
