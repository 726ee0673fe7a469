"""What the browser of these tests can reach."""

import pytest
from playwright.sync_api import Browser, Error
from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_nothing_but_this_machine(browser: Browser, live_server: LiveServer) -> None:
    for stranger in ("http://example.org/", "http://192.0.2.1/", "https://[2001:db8::1]/"):
        page = browser.new_page()
        with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
            page.goto(stranger)
        page.close()
    page = browser.new_page()
    assert page.goto(live_server.url + "/health/live/") is not None
    page.close()
