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


def is_too_much(request: HttpRequest) -> bool:
    """Whether this address has asked too often within the last minute."""
    return not PublicThrottle().allow_request(cast(Any, request), cast(Any, None))
