"""What every address tells browsers: who may run what, who may frame it, who may keep it."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as usual
from django.test import Client
from django.urls import reverse

from customers.models import User
from services.choices import MessageKind
from services.models import Attachment, RatingRequest, Ticket
from services.operations.attach_file import attach_file
from services.operations.rating_links import token_of
from tests.api.world import World
from tests.cast import NOW
from tests.client import as_user, url
from tests.security.urls import every_address

pytestmark = pytest.mark.django_db

POLICY = {
    "default-src": ["'self'"],
    "script-src": ["'self'", "'unsafe-eval'"],
    "object-src": ["'none'"],
    "base-uri": ["'self'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}


@pytest.fixture(autouse=True)
def production(settings: Any) -> None:
    """As behind https."""
    settings.DEBUG = False
    settings.SECURE_SSL_REDIRECT = False  # the test's client speaks https already
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 3600
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = settings.LANGUAGE_COOKIE_SECURE = True


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Not a line for each address that refuses a GET."""
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


def directives(response: Any) -> dict[str, list[str]]:
    parts = [part.split() for part in response.headers.get("Content-Security-Policy", "").split(";") if part.strip()]
    return {name: sources for name, *sources in parts}


def lacking(response: Any) -> list[str]:
    """Which of the headers an answer lacks."""
    headers = response.headers
    policy = directives(response)
    checks = {
        "csp": {**policy, **POLICY} == policy or policy.get("default-src") == ["'none'"],
        "nosniff": headers.get("X-Content-Type-Options") == "nosniff",
        "referrer": headers.get("Referrer-Policy") in ("same-origin", "no-referrer"),
        "frame": headers.get("X-Frame-Options") == "DENY",
        "opener": headers.get("Cross-Origin-Opener-Policy") == "same-origin",
        "hsts": headers.get("Strict-Transport-Security", "").startswith("max-age=31536000"),
        "permissions": "camera=()" in headers.get("Permissions-Policy", ""),
        "no-store": "no-store" in headers.get("Cache-Control", ""),
    }
    return [name for name, holds in checks.items() if not holds]


# Words of scripts alone, the same for everybody.
MAY_BE_KEPT = {"/admin/jsi18n/"}
# A form as it looks, in a frame of its own page in the admin: services/tests/admin/test_web_forms.py.
IN_A_FRAME_OF_OURS = {"/admin/services/webform/1/preview/"}


@pytest.mark.once("sqlite", reason="every address of the product; headers know of no database")
def test_every_address_says_so(root: User, world: World) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(root)
    addresses = every_address()
    assert len(addresses) > 200
    found = {}
    for address in addresses:
        missing = set(lacking(client.get(address, secure=True))) - ({"no-store"} if address in MAY_BE_KEPT else set())
        missing -= {"csp", "frame"} if address in IN_A_FRAME_OF_OURS else set()
        if missing:
            found[address] = sorted(missing)
    assert found == {}


def test_strangers_are_told_the_same(world: World) -> None:
    client = Client(raise_request_exception=False)
    found = {address: lacking(client.get(address, secure=True)) for address in every_address()}
    assert {address: names for address, names in found.items() if names and address not in MAY_BE_KEPT} == {}


@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_so_do_errors(status: int, ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(ann)
    address, headers = reverse("admin:index"), {}
    if status == 404:
        address = "/no/such/page/"
    elif status == 403:
        address = reverse("admin:customers_user_changelist")
    elif status == 400:
        headers = {"host": "evil.example"}
    else:
        monkeypatch.setattr("crm.health.CHECKS", None)
        address = reverse("health")
    response = client.get(address, secure=True, headers=headers)
    assert response.status_code == status
    assert lacking(response) == []


def test_pages_with_rows_on_them(root: User, world: World) -> None:
    client = Client()
    client.force_login(root)
    asked = RatingRequest.objects.get(pk=world["ratingrequest"])
    for address in (
        reverse("admin:index"),
        reverse("admin:customers_customer_page", args=[world["customer"]]),
        reverse("admin:customers_customer_history", args=[world["customer"]]),
        reverse("admin:customers_auditentry_changelist"),
        reverse("admin:customers_datakey_changelist"),
        reverse("admin:desk"),
        reverse("help"),
        reverse("help-article", args=["thanks"]),
        reverse("rate", args=[token_of(asked)]),
    ):
        response = client.get(address, secure=True)
        assert response.status_code in (200, 410), address
        assert lacking(response) == [], address
    assert lacking(as_user(root).get(url(f"customers/{world['customer']}/"), secure=True)) == []


def test_static_files_may_be_kept_and_are_not_sniffed() -> None:
    response = Client().get(f"/{usual.STATIC_URL.lstrip('/')}crm/candid.css", secure=True)
    assert response.status_code == 200
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" not in response.headers.get("Cache-Control", "")


def test_cookies_are_for_https_and_for_this_site(ann: User) -> None:
    client = Client()
    client.get(reverse("admin:login"), secure=True)
    client.post(reverse("admin:login"), {"username": "ann", "password": "correct horse"}, secure=True)
    client.post(reverse("set_language"), {"language": "zh-hans"}, secure=True)
    cookies = {name: (morsel["secure"], morsel["samesite"]) for name, morsel in client.cookies.items()}
    assert set(cookies) >= {"csrftoken", "django_language"}
    assert set(cookies.values()) == {(True, "Lax")}
    for name in set(cookies) - {"csrftoken"}:  # scripts of ours read that one
        assert client.cookies[name]["httponly"], name


def test_http_leads_to_https(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    response = Client().get("/admin/")
    assert (response.status_code, response.headers["Location"]) == (301, "https://testserver/admin/")


@pytest.fixture
def picture(world: World, ann: User, settings: Any, tmp_path: Path) -> Attachment:
    settings.VAR_DIR = tmp_path
    png = b"\x89PNG\r\n\x1a\n" + bytes(20)
    ticket = Ticket.objects.get(pk=world["ticket"])
    return attach_file(ticket=ticket, kind=MessageKind.NOTE, name="a.png", chunks=[png], by=ann, at=NOW)


def test_files_of_others_are_saved_never_opened(picture: Attachment, ann: User) -> None:
    client = Client()
    client.force_login(ann)
    response = client.get(reverse("admin:desk_file", args=[picture.key]), secure=True)
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert directives(response) == {"default-src": ["'none'"], "sandbox": []}
    assert lacking(response) == []
    download = as_user(ann).get(url(f"attachments/{picture.pk}/download/"), secure=True)
    assert download.headers["Content-Disposition"].startswith("attachment")
    assert download.headers["Content-Type"] == "application/octet-stream"
    assert lacking(download) == []


@pytest.mark.parametrize(("name", "kind"), [("a.svg", "image/svg+xml"), ("a.html", "text/html")])
def test_what_could_run_is_never_shown_inline(picture: Attachment, ann: User, name: str, kind: str) -> None:
    Attachment.objects.filter(pk=picture.pk).update(name=name, content_type=kind)  # as an older release might have it
    client = Client()
    client.force_login(ann)
    response = client.get(reverse("admin:desk_file", args=[picture.key]) + "?inline", secure=True)
    assert response.headers["Content-Disposition"].startswith("attachment")
