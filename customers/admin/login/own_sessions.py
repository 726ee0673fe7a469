"""“My sessions”: in which browsers somebody is logged in, and the end of one or of all others."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from customers.admin.login.account import account_context
from customers.admin.login.browsers import browser_words
from customers.admin.login.two_step import this_session
from customers.models import Session
from customers.operations.end_sessions import end_sessions


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_sessions(request: HttpRequest) -> HttpResponse:
    """List them; a POST ends the one of `session`, or, with `others`, all but this."""
    user: Any = request.user
    here = this_session(request)
    if request.method == "POST":
        return _end(request, user, here)
    rows = Session.objects.filter(user=user, expire_date__gt=timezone.now())
    context = {
        **account_context(request, "own_sessions"),
        "sessions": [(row, browser_words(row.browser), row.pk == here) for row in rows],
        "others": sum(row.pk != here for row in rows),
    }
    return TemplateResponse(request, "admin/account/sessions.html", context)


def _end(request: HttpRequest, user: Any, here: str) -> HttpResponse:
    if request.POST.get("session") == here:
        logout(request)
        return HttpResponseRedirect(reverse("admin:login"))
    only = None if "others" in request.POST else [request.POST.get("session", "")]
    ended = end_sessions(user=user, but=here, only=only)
    if ended:
        text = ngettext("%(n)d session has ended.", "%(n)d sessions have ended.", ended)
        messages.success(request, text % {"n": ended})
    else:
        messages.info(request, _("This session had ended already."))
    return HttpResponseRedirect(reverse("admin:own_sessions"))
