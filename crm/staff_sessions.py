"""What a session may do before a page is asked: nothing but set its second step up, where its user's role needs one."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.admin.login.begin import PROOF
from customers.models import Authenticator, User
from customers.models.session import ADDRESS
from customers.operations.needs_two_steps import needs_two_steps

# What stays open to somebody who has to set up a second step first.
OPEN = {"admin:two_step", "admin:logout", "admin:login", "admin:jsi18n", "set_language", "health", "health-live"}
# Pages that ask by themselves how far a job is. (The desk's own polls never touch the session.)
POLL = "_progress"


class StaffSessions:
    """Middleware, behind that of log-in: remembers where a session was seen, lets no poll keep it alive, and leads
    whoever lacks a second step that their role needs to the page that sets it up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Look at the session, where the browser sent one."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or name.startswith("health"):
            return None
        session: Any = request.session
        session.is_poll = name.endswith(POLL)
        user = request.user
        if not isinstance(user, User):
            return None
        address = request.META.get("REMOTE_ADDR", "")
        if not session.is_poll and session.get(ADDRESS) != address:
            session[ADDRESS] = address
        if session.get(PROOF) or name in OPEN or not needs_two_steps(user=user):
            return None
        return _refuse(request, user)


def _refuse(request: HttpRequest, user: User) -> HttpResponse:
    if request.path.startswith("/api/"):
        detail = _("Your role needs a log-in in two steps. Set the second one up first, on the pages for people.")
        return JsonResponse({"status": 403, "code": "second_step_missing", "detail": detail}, status=403)
    if Authenticator.objects.filter(user=user).exclude(confirmed_at=None).exists():
        logout(request)  # it was set up elsewhere: this session never showed a code
        return HttpResponseRedirect(reverse("admin:login"))
    return HttpResponseRedirect(reverse("admin:two_step"))
