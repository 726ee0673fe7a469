"""Single sign-on by OpenID Connect: authorisation code with PKCE, state and nonce. Authlib does the protocol."""

from functools import lru_cache
from typing import Any

import requests
import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.django_client import OAuth
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from joserfc.errors import JoseError

from customers.admin.login.begin import begin_session, go_on, safe_next
from customers.operations.admit_person import NotAdmitted, admit_person

# session["sso_next"]: where somebody wanted to go before they left for the sign-in service.
NEXT = "sso_next"
# Both ends of a log-in wait for the service: it answers soon or not at all.
PATIENCE_SECONDS = 5
UNREACHABLE = (requests.RequestException,)
# What the service, or somebody who poses as it, may get wrong: signatures, states, documents that lack something.
# IntegrityError: somebody comes for the first time twice at once.
BROKEN = (AuthlibBaseError, JoseError, RuntimeError, ValueError, KeyError, IntegrityError)

logger = structlog.get_logger(__name__)


@never_cache
@require_safe
def sso(request: HttpRequest) -> HttpResponse:
    """Send the browser to the sign-in service."""
    client = _client(_service())
    request.session[NEXT] = safe_next(request, request.GET.get("next", ""))
    back = request.build_absolute_uri(reverse("admin:sso_callback"))
    try:
        _require_issuer(client)
        response: HttpResponse = client.authorize_redirect(request, back)
    except UNREACHABLE as error:
        return _refuse(request, error, _("The sign-in service cannot be reached. Try again in a moment."))
    except BROKEN as error:
        return _refuse(request, error, _("The sign-in service answers what we do not understand."))
    return response


@never_cache
@require_safe
def sso_callback(request: HttpRequest) -> HttpResponse:
    """The browser comes back with a code: see who it is, and let them in."""
    service = _service()
    next_page = safe_next(request, request.session.get(NEXT, ""))
    at = timezone.now()
    try:
        claims = _claims(request, service)
        user = admit_person(**_person(service, claims), at=at)
    except UNREACHABLE as error:
        return _refuse(request, error, _("The sign-in service cannot be reached. Try again in a moment."))
    except NotAdmitted as error:
        logger.warning("single sign-on refused", reason=error.reason)
        return _refuse(request, error, _("You are not known here. Ask an administrator to let you in."))
    except BROKEN as error:
        return _refuse(request, error, _("That sign-in did not work, or took too long. Try again."))
    request.session.pop(NEXT, None)
    if service.two_steps:
        return go_on(request, user, next_page=next_page, at=at)
    return begin_session(request, user, next_page=next_page, at=at, proof="sso")


def _service() -> Any:
    if settings.SSO is None:
        raise Http404(_("Single sign-on is not set up here."))
    return settings.SSO


@lru_cache(maxsize=8)
def _client(service: Any) -> Any:
    """What talks to this service; it remembers the service's documents."""
    return OAuth().register(
        "sso",
        client_id=service.client_id,
        client_secret=service.client_secret,
        server_metadata_url=f"{service.issuer}/.well-known/openid-configuration",
        client_kwargs={
            "scope": service.scopes,
            "code_challenge_method": "S256",
            "default_timeout": PATIENCE_SECONDS,
        },
    )


def _require_issuer(client: Any) -> None:
    """The document that was found must be of the service that was meant. Raises RuntimeError."""
    said = str(client.load_server_metadata().get("issuer", ""))
    if said.rstrip("/") != _service().issuer:
        raise RuntimeError("the metadata is of another issuer")


def _claims(request: HttpRequest, service: Any) -> dict[str, Any]:
    """What the service says of the person: its signed ID token, and where that lacks something, its userinfo."""
    client = _client(service)
    _require_issuer(client)
    token = client.authorize_access_token(request)
    claims = dict(token.get("userinfo") or {})
    audience = claims.get("aud")
    if service.client_id not in (audience if isinstance(audience, list) else [audience]):
        raise ValueError("the ID token is not for us")
    wanted = {service.claim, *([service.groups_claim] if service.roles else [])}
    if not wanted <= set(claims) and client.server_metadata.get("userinfo_endpoint"):
        more = client.userinfo(token=token)
        if more["sub"] != claims["sub"]:
            raise ValueError("userinfo is of somebody else")
        claims = {**more, **claims}
    return claims


def _person(service: Any, claims: dict[str, Any]) -> dict[str, Any]:
    """What admit_person is told. Raises NotAdmitted where the claim that names a user is missing or worth nothing."""
    named = str(claims.get(service.claim) or "")
    email = str(claims.get("email") or "") if claims.get("email_verified") is True else ""
    if service.claim == "email" and not email:
        raise NotAdmitted("the e-mail address is missing or not verified")
    if not named:
        raise NotAdmitted(f"the claim {service.claim} is missing")
    groups = claims.get(service.groups_claim) or []
    groups = [groups] if isinstance(groups, str) else groups
    return {
        "issuer": service.issuer,
        "subject": str(claims["sub"]),
        "username": "" if service.claim == "email" else named,
        "email": email,
        "names": (str(claims.get("given_name") or ""), str(claims.get("family_name") or "")),
        "creates": service.creates,
        "roles": {role for group, role in service.roles if group in groups},
        "managed": {role for _group, role in service.roles},
    }


def _refuse(request: HttpRequest, error: Exception, text: str) -> HttpResponse:
    if not isinstance(error, NotAdmitted):
        logger.warning("single sign-on failed", error=type(error).__name__)
    messages.error(request, text)
    return HttpResponseRedirect(reverse("admin:login"))
