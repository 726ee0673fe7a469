"""A new password of one's own, which ends all other sessions."""

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.admin.login.account import account_context
from customers.admin.login.forms import OwnPasswordForm
from customers.admin.login.log_in import locked_answer
from customers.admin.login.two_step import this_session
from customers.operations.end_sessions import end_sessions


class OwnPassword(PasswordChangeView):
    """Django's view, with locks."""

    form_class = OwnPasswordForm
    template_name = "admin/account/password.html"

    def get_form(self, form_class: Any = None) -> Any:
        """The form, which counts by address."""
        form: Any = super().get_form(form_class)
        form.request = self.request
        return form

    def form_valid(self, form: Any) -> HttpResponse:
        """Set it, give this session a new key, and end the others."""
        response = super().form_valid(form)
        end_sessions(user=form.user, but=this_session(self.request))
        messages.success(self.request, _("Your password was changed; your other sessions have ended."))
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        """Something was wrong, or nobody listens for a while."""
        return locked_answer(super().form_invalid(form), form)


def own_password(request: HttpRequest) -> HttpResponse:
    """The page, for whoever logs in with a password at all."""
    if not settings.LOCAL_LOGIN:
        raise PermissionDenied(_("Passwords are switched off here: use single sign-on."))
    view = OwnPassword.as_view(
        success_url=reverse("admin:own_sessions"), extra_context=account_context(request, "password_change")
    )
    return cast(HttpResponse, view(request))
