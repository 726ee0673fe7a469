"""The addresses of the way in, and of “Log-in and security”."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from customers.admin.login.own_sessions import own_sessions
from customers.admin.login.own_tokens import own_tokens
from customers.admin.login.second_step import second_step
from customers.admin.login.sso import sso, sso_callback
from customers.admin.login.two_step import two_step


def login_urls(site: Any, wrap: Callable[..., Any]) -> list[URLPattern]:
    """Those before the log-in stand open; the others are wrapped as the admin site wraps its own."""

    def code(request: Any) -> Any:
        return second_step(request, site=site)

    return [
        path("login/code/", code, name="second_step"),
        path("login/sso/", sso, name="sso"),
        path("login/sso/callback/", sso_callback, name="sso_callback"),
        path("account/two-step/", wrap(two_step), name="two_step"),
        path("account/sessions/", wrap(own_sessions), name="own_sessions"),
        path("account/tokens/", wrap(own_tokens), name="own_tokens"),
    ]
