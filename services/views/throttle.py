"""A limit on how often one address may open public pages."""

from typing import Any, cast

from django.http import HttpRequest
from rest_framework.throttling import SimpleRateThrottle


class PublicThrottle(SimpleRateThrottle):
    """Counts by address, as the API does it for strangers."""

    scope = "public"
    rate = "60/min"

    def get_cache_key(self, request: Any, view: Any) -> str:
        """By address."""
        return str(self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)})


class LinkThrottle(PublicThrottle):
    """How often one address may ask for a log-in link. How often one e-mail address is sent one is asked elsewhere."""

    scope = "portal_link"
    rate = "20/hour"


class FormThrottle(PublicThrottle):
    """How often one address may send web forms: what is held as spam takes room, too."""

    scope = "web_form"
    rate = "30/hour"


def is_too_much(request: HttpRequest, throttle: type[PublicThrottle] = PublicThrottle) -> bool:
    """Whether this address has asked too often of late."""
    return not throttle().allow_request(cast(Any, request), cast(Any, None))
