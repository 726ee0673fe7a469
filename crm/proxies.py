"""Where a request comes from, said once: everything behind this middleware reads REMOTE_ADDR."""

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class ClientAddress:
    """Middleware: behind CRM_PROXIES proxies of ours the address of the client is the one that the outermost of them
    wrote into X-Forwarded-For. What a client wrote there itself stands further left and is never believed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set REMOTE_ADDR."""
        if settings.PROXIES:
            hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
            if len(hops) >= settings.PROXIES and _is_address(hops[-settings.PROXIES]):
                request.META["REMOTE_ADDR"] = hops[-settings.PROXIES]
        return self.get_response(request)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
