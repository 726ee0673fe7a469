"""The two points that every way in passes: who has shown a password, and who is in."""

from datetime import datetime, timedelta
from typing import Any

import structlog
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from customers.models import Authenticator, User
from customers.models.session import ADDRESS, BEGUN, BROWSER

# session["proof"]: what stands for a second step: a code of the app, a recovery code, or the sign-in service.
PROOF = "proof"
WAITING = "waiting"
# How long a password stands alone before it is asked for again.
PATIENCE = timedelta(minutes=10)
BACKEND = "django.contrib.auth.backends.ModelBackend"


logger = structlog.get_logger(__name__)


def safe_next(request: HttpRequest, address: str) -> str:
    """The page to go on to, if it is one of ours; else the first page."""
    is_ours = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if is_ours else reverse("admin:index")


def go_on(request: HttpRequest, user: User, *, next_page: str, at: datetime) -> HttpResponse:
    """The password was right. Ask for the second step where somebody has one; else they are in, as far as the
    middleware crm.staff_sessions lets them."""
    if Authenticator.objects.filter(user=user).exclude(confirmed_at=None).exists():
        request.session.cycle_key()
        request.session[WAITING] = {
            "user": user.pk,
            "hash": user.get_session_auth_hash(),
            "at": at.timestamp(),
            "next": next_page,
        }
        return HttpResponseRedirect(reverse("admin:second_step"))
    return begin_session(request, user, next_page=next_page, at=at)


def waiting_user(request: HttpRequest, *, at: datetime) -> tuple[User, str] | None:
    """Who has shown a password in this session a short while ago, and where they want to go."""
    waiting = request.session.get(WAITING)
    if not waiting or at.timestamp() - waiting["at"] > PATIENCE.total_seconds():
        return None
    user = User.objects.filter(pk=waiting["user"], is_active=True, is_staff=True).first()
    if user is None or user.get_session_auth_hash() != waiting["hash"]:
        return None
    return user, waiting["next"]


def begin_session(
    request: HttpRequest, user: User, *, next_page: str, at: datetime, proof: str = ""
) -> HttpResponseRedirect:
    """Log somebody in, in a session with a new key; where from and in which browser is kept for them to see."""
    request.session.pop(WAITING, None)
    login(request, user, backend=BACKEND)
    session: Any = request.session
    session[BEGUN] = at.timestamp()
    session[ADDRESS] = request.META.get("REMOTE_ADDR", "")[:45]
    session[BROWSER] = request.META.get("HTTP_USER_AGENT", "")[:255]
    session.pop(PROOF, None)
    if proof:
        session[PROOF] = proof
    logger.info("log-in", user=user.pk, proof=proof or "password")
    return HttpResponseRedirect(next_page)
