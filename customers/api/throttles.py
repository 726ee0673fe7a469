"""How much one token and one address may ask in a minute. Refused requests count as well."""

import time
from typing import Any

from django.conf import settings
from django.utils.crypto import salted_hmac
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from customers.api.counting import MINUTE, count
from customers.models import ApiToken


class MinuteThrottle(BaseThrottle):
    """At most API_LIMITS[scope] requests in any 60 seconds; 0: as many as they like."""

    scope = ""

    def ident(self, request: Request) -> str | None:
        """Who is counted; None: nobody."""
        raise NotImplementedError

    def allow_request(self, request: Request, view: Any) -> bool:
        limit: int = settings.API_LIMITS[self.scope]
        who = self.ident(request) if limit else None
        if who is None:
            return True
        # Addresses are personal data: Redis holds a keyed hash of them.
        key = salted_hmac("customers.throttle", f"{self.scope}:{who}", algorithm="sha256").hexdigest()[:32]
        return count(key, now=time.time()) <= limit

    def wait(self) -> float:
        return MINUTE - time.time() % MINUTE


class TokenThrottle(MinuteThrottle):
    """By token; people in the browser by who they are."""

    scope = "token"

    def ident(self, request: Request) -> str | None:
        if isinstance(request.auth, ApiToken):
            return f"token {request.auth.pk}"
        return f"user {request.user.pk}" if request.user and request.user.is_authenticated else None


class AddressThrottle(MinuteThrottle):
    """By address, whoever asks: many tokens do not help."""

    scope = "address"

    def ident(self, request: Request) -> str | None:
        return str(request.META.get("REMOTE_ADDR", ""))


class StrangerThrottle(AddressThrottle):
    """By address, of requests without a log-in."""

    scope = "stranger"

    def ident(self, request: Request) -> str | None:
        user = getattr(request, "_user", None)  # not request.user: that would authenticate, and this is asked by it
        return None if user is not None and user.is_authenticated else super().ident(request)
