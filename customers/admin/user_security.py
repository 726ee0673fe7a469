"""How somebody logs in, on their page, and what an administrator may do about it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.admin.login.two_step import this_session
from customers.admin.row_keys import is_key
from customers.models import Authenticator, Session, User
from customers.operations.end_sessions import end_sessions
from customers.operations.needs_two_steps import needs_two_steps
from customers.operations.remove_authenticator import remove_authenticator


def security_card(model_admin: Any, request: HttpRequest, object_id: str) -> dict[str, Any]:
    """What the card above the form tells; nothing for whom the user may not change."""
    user = model_admin.get_object(request, object_id) if is_key(object_id) else None
    if user is None or not model_admin.has_change_permission(request, user):
        return {}
    at = timezone.now()
    return {
        "security": {
            "authenticator": Authenticator.objects.filter(user=user).exclude(confirmed_at=None).first(),
            "codes_left": user.recovery_codes.filter(used_at=None).count(),
            "must": needs_two_steps(user=user),
            "sessions": Session.objects.filter(user=user, expire_date__gt=at).count(),
            "locked": user.login_locks.filter(locked_until__gt=at).exists(),
            "sso": user.sso_identities.exists(),
        }
    }


def user_security_urls(model_admin: Any) -> list[URLPattern]:
    """Below /admin/customers/user/<id>/."""
    wrap = model_admin.admin_site.admin_view

    def at(address: str, verb: Callable[..., HttpResponse], name: str) -> URLPattern:
        def view(request: HttpRequest, pk: int) -> HttpResponse:
            user = model_admin.get_object(request, str(pk))
            if user is None:
                raise Http404(_("There is no such user."))
            if not model_admin.has_change_permission(request, user):
                raise PermissionDenied
            if request.method != "POST":
                return HttpResponseNotAllowed(["POST"])
            return verb(model_admin, request, user)

        pattern: URLPattern = path(f"<int:pk>/{address}/", wrap(view), name=f"customers_user_{name}")
        return pattern

    return [
        at("reset-two-steps", _reset, "reset_two_steps"),
        at("end-sessions", _end, "end_sessions"),
    ]


def _reset(model_admin: Any, request: HttpRequest, user: User) -> HttpResponse:
    """Somebody lost phone and codes: they set up a new app at their next log-in."""
    if remove_authenticator(user=user, but=this_session(request)):
        messages.success(
            request, _("The second step of %(user)s is reset; their sessions have ended.") % {"user": user}
        )
    else:
        messages.info(request, _("%(user)s has no second step.") % {"user": user})
    return _back(user)


def _end(model_admin: Any, request: HttpRequest, user: User) -> HttpResponse:
    ended = end_sessions(user=user, but=this_session(request))
    if ended:
        text = ngettext("%(n)d session has ended.", "%(n)d sessions have ended.", ended) % {"n": ended}
        messages.success(request, text)
    else:
        messages.info(request, _("%(user)s is not logged in.") % {"user": user})
    return _back(user)


def _back(user: User) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:customers_user_change", args=[user.pk]))


def change_password_and_log_out(
    change: Callable[..., HttpResponse], request: HttpRequest, key: str, form_url: str
) -> HttpResponse:
    """Have the password changed; whoever was logged in with the old one is so no more."""
    response = change(request, key, form_url)
    if request.method == "POST" and response.status_code == 302 and is_key(key):
        user = User.objects.filter(pk=int(key)).first()
        if user is not None:
            end_sessions(user=user, but=this_session(request))
    return response
