"""The log-in page: name and password, or the button of the sign-in service."""

from typing import Any, cast

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import LoginView
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.admin.login.begin import go_on, safe_next
from customers.admin.login.forms import StaffLoginForm


class StaffLogin(LoginView):
    """Django's view, with locks, and with what comes after the password."""

    form_class = StaffLoginForm
    template_name = "admin/login.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Take name and password, where this installation takes them at all."""
        if not settings.LOCAL_LOGIN:
            raise PermissionDenied(_("Passwords are switched off here: use single sign-on."))
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        """The password was right."""
        next_page = safe_next(self.request, self.get_redirect_url())
        return go_on(self.request, form.get_user(), next_page=next_page, at=timezone.now())

    def form_invalid(self, form: Any) -> HttpResponse:
        """It was wrong, or nobody listens for a while."""
        return locked_answer(super().form_invalid(form), form)


def locked_answer(response: HttpResponse, form: Any) -> HttpResponse:
    """Tell programs as well for how long nothing is heard."""
    if form.locked_for:
        response.status_code = 429
        response["Retry-After"] = str(form.locked_for)
    return response


def log_in(site: Any, request: HttpRequest) -> HttpResponse:
    """The log-in page of the admin; whoever is in already goes on."""
    if request.method == "GET" and site.has_permission(request):
        return HttpResponseRedirect(reverse("admin:index"))
    service = settings.SSO
    context = {
        **site.each_context(request),
        "title": _("Log in"),
        "subtitle": None,
        "app_path": request.get_full_path(),
        "username": request.user.get_username(),
        "takes_passwords": settings.LOCAL_LOGIN,
        "one_step": not settings.TOTP_ROLES,
        "sso_name": service.name if service else "",
        "sso_link": f"{reverse('admin:sso')}?{request.GET.urlencode()}" if service else "",
    }
    if REDIRECT_FIELD_NAME not in request.GET and REDIRECT_FIELD_NAME not in request.POST:
        context[REDIRECT_FIELD_NAME] = reverse("admin:index")
    request.current_app = site.name
    return cast(HttpResponse, StaffLogin.as_view(extra_context=context)(request))
