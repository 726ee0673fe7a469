from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request

from customers.api.throttles import StrangerThrottle
from customers.choices import Area, Level
from customers.models import ApiToken, User
from customers.operations.issue_token import digest_of

# When and from where a token was used is for people: to write it once a minute is enough, and keeps reads from writing.
LAST_USED_STEP = timedelta(minutes=1)


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer candid_...`. One answer for unknown, expired and revoked tokens; whoever guesses gets it
    as often as a stranger may ask."""

    keyword = "Bearer"

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _space, token = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != self.keyword.lower():
            return None
        now = timezone.now()
        row = (
            ApiToken.objects.select_related("user")
            .filter(digest=digest_of(token.strip()), revoked_at=None, expires_at__gt=now, user__is_active=True)
            .first()
        )
        if row is None:
            throttle = StrangerThrottle()
            if not throttle.allow_request(request, None):
                raise Throttled(throttle.wait())
            raise AuthenticationFailed(_("This token is unknown, expired or revoked."))
        address = request.META.get("REMOTE_ADDR", "")[:45]
        ApiToken.objects.filter(pk=row.pk).filter(
            Q(last_used_at=None) | Q(last_used_at__lt=now - LAST_USED_STEP) | ~Q(last_used_from=address)
        ).update(last_used_at=now, last_used_from=address)
        return row.user, row

    def authenticate_header(self, request: Request) -> str:
        return self.keyword


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token of a program. It may do what both its user and its scopes allow; each operation "
            "names its scope in `x-token-scope`. `write` and `read` stand for all areas, and write includes read.",
            "x-scopes": {
                **{level.value: str(level.label) for level in Level},
                **{f"{area}:{level}": f"{level.label}: {area.label}" for area in Area for level in Level},
            },
        }
