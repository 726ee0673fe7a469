"""The way in, in a real browser: the second step is set up, asked for, and replaced by a recovery code."""

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from customers.models import Authenticator, User
from customers.tests.admin.login.codes import PASSWORD, code_of
from tests.browser.conftest import take

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def type_password(page: Page, server: LiveServer, user: User) -> None:
    page.goto(f"{server.url}/admin/login/")
    page.fill("#id_username", user.username)
    page.fill("#id_password", PASSWORD)
    page.click("#login-form button[type=submit]")
    page.wait_for_load_state("networkidle")


def log_out(page: Page, server: LiveServer) -> None:
    page.context.clear_cookies()
    page.goto(f"{server.url}/admin/login/")


def test_a_second_step_is_set_up_and_then_asked_for(
    page: Page, live_server: LiveServer, look: str, bob: User, settings: Any
) -> None:
    settings.TOTP_ROLES = ["Back office"]

    # the role needs it: nothing else opens
    type_password(page, live_server, bob)
    take(page, "login-set-up", look)
    page.goto(f"{live_server.url}/admin/customers/customer/")
    expect(page.get_by_role("heading", name="Set up your second step")).to_be_visible()
    picture = page.get_by_alt_text("QR code")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.complete && image.naturalWidth > 100")
    page.get_by_text("It cannot read it?").click()
    secret = Authenticator.objects.get(user=bob).next_secret
    assert page.locator("#totp-secret").inner_text().replace(" ", "") == secret

    # a wrong code is refused in words; the right one shows the recovery codes
    page.locator("#confirm-form input[name=code]").fill("000000")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("This code is not right")).to_be_visible()
    page.locator("#confirm-form input[name=code]").fill(code_of(bob, waiting=True))
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", name="Your second step works")).to_be_visible()
    take(page, "login-codes", look)
    recovery = page.locator(".account-codes code").first.inner_text()
    page.get_by_role("link", name="I have written them down").click()
    expect(page.locator("#nav-sidebar-apps")).to_be_attached()

    # the next log-in asks for a code; the phone is gone, so a recovery code opens it
    log_out(page, live_server)
    type_password(page, live_server, bob)
    take(page, "login-code", look)
    page.get_by_role("link", name="Use a recovery code").click()
    page.get_by_label("Code").fill(recovery)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("You came in by a recovery code. 9 are left.")).to_be_visible()

    # and once more by the app: the code that set it up is used, so the clock is put on
    Authenticator.objects.update(last_step=0)
    log_out(page, live_server)
    type_password(page, live_server, bob)
    page.get_by_label("Code").fill(code_of(bob, at=timezone.now()))
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{live_server.url}/admin/")


def test_the_pages_of_ones_own_account_open(page: Page, live_server: LiveServer, look: str, bob: User) -> None:
    type_password(page, live_server, bob)
    for name in ("two-step", "sessions", "tokens"):
        page.goto(f"{live_server.url}/admin/account/{name}/")
        page.wait_for_load_state("networkidle")
        take(page, f"account-{name}", look)
    page.get_by_label("Name", exact=True).fill("Warehouse")
    page.get_by_label("Tickets and the service desk: Read").check()
    page.get_by_role("button", name="Issue the token").click()
    expect(page.locator("#new-token")).to_contain_text("candid_")
    take(page, "account-token-shown", look)
    page.goto(f"{live_server.url}/admin/password_change/")
    expect(page.get_by_text("at least 12 characters")).to_be_visible()
    take(page, "account-password", look)
