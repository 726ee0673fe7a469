"""The second step: a code of the app, or a recovery code. Until then nobody is logged in."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from customers.admin.login.begin import begin_session, waiting_user
from customers.admin.login.forms import CodeForm
from customers.admin.login.log_in import locked_answer

FEW = 3


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_step(request: HttpRequest, *, site: Any) -> HttpResponse:
    """Ask whoever has just shown their password for a code."""
    at = timezone.now()
    waiting = waiting_user(request, at=at)
    if waiting is None:
        messages.info(request, _("Log in first."))
        return HttpResponseRedirect(reverse("admin:login"))
    user, next_page = waiting
    form = CodeForm(request, user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        proof = "recovery" if form.was_recovery else "totp"
        response = begin_session(request, user, next_page=next_page, at=at, proof=proof)
        if form.was_recovery:
            _warn(request, user.recovery_codes.filter(used_at=None).count())
        return response
    context = {
        **site.each_context(request),
        "title": _("Second step"),
        "form": form,
        "by_recovery": "recovery" in request.GET,
    }
    request.current_app = site.name
    return locked_answer(TemplateResponse(request, "admin/login/second_step.html", context), form)


def _warn(request: HttpRequest, left: int) -> None:
    """A recovery code is gone; with few left it is time for new ones."""
    text = ngettext(
        "You came in by a recovery code. %(left)d is left.", "You came in by a recovery code. %(left)d are left.", left
    ) % {"left": left}
    if left <= FEW:
        text = f"{text} {_('Make new ones, or set up your new phone, under “Log-in and security”.')}"
    messages.warning(request, text)
