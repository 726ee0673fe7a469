"""Where a request comes from, for the audit record: told when something is put on record, since only then it is known
who asks, and most requests change nothing."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from customers.audit.origin import Origin, acting
from customers.choices import AuditChannel
from customers.models import ApiToken


class AuditOrigin:
    """Middleware: whatever is put on record while a request is answered is of its user, address and session or token.
    Stands behind the authentication."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        with acting(RequestOrigin(request)):
            return self.get_response(request)


class RequestOrigin:
    """The origin of what a request does."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def told(self) -> Origin:
        """User, address, session or token, and the verb, which the address names."""
        request: Any = self.request
        channel = self._channel()
        user = getattr(request, "user", None)
        return Origin(
            channel=channel,
            verb=self._verb(),
            actor_id=user.pk if user is not None and user.is_authenticated else None,
            # Whoever opens a link for customers is no member of staff: where they are is nobody's business.
            address="" if channel == AuditChannel.LINK else request.META.get("REMOTE_ADDR", ""),
            via=self._via(),
        )

    def _channel(self) -> AuditChannel:
        if self.request.path.startswith("/api/"):
            return AuditChannel.API
        return AuditChannel.ADMIN if self.request.path.startswith("/admin/") else AuditChannel.LINK

    def _via(self) -> str:
        token = getattr(self.request, "auth", None)
        if isinstance(token, ApiToken):
            return f"token:{token.pk}"
        session = getattr(self.request, "session", None)
        key = session.session_key if session is not None else None
        return f"session:{session_mark(key)}" if key else ""

    def _verb(self) -> str:
        match = self.request.resolver_match
        if match is None:
            return ""
        actions = getattr(match.func, "actions", None)  # of a viewset: {method: verb}
        if actions:
            return str(actions.get((self.request.method or "").lower(), ""))
        chosen = self.request.POST.get("action", "") if match.url_name else ""
        name = match.url_name or ""
        if name.endswith("_changelist") and chosen:
            return chosen
        if "code" in match.kwargs:  # one address for all verbs of the desk
            return f"{name}:{match.kwargs['code']}"
        app, _dot, rest = name.partition("_")
        return rest.partition("_")[2] or rest if app in ("customers", "services", "analytics", "auth") else name


def session_mark(key: str) -> str:
    """What the record knows a session by: enough to tell sessions apart, nothing to log in with."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]
