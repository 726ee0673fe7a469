"""Setting the second step up, moving it to another phone, new recovery codes, switching it off."""

from datetime import datetime
from typing import Any

import segno
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from customers.admin.login.account import account_context
from customers.admin.login.begin import PATIENCE, PROOF
from customers.admin.login.forms import CodeForm
from customers.admin.login.log_in import locked_answer
from customers.models import Authenticator, User, digest_of_key
from customers.operations.confirm_authenticator import confirm_authenticator
from customers.operations.end_sessions import end_sessions
from customers.operations.make_recovery_codes import make_recovery_codes
from customers.operations.needs_two_steps import needs_two_steps
from customers.operations.offer_authenticator import address_of, offer_authenticator
from customers.operations.remove_authenticator import remove_authenticator

# session["moves"]: when somebody showed a code of the old phone, to set a new one up.
MOVES = "moves"
PAGE = "admin/account/two_step.html"
CODES = "admin/account/codes.html"


class FirstCodeForm(CodeForm):
    """The first code of an app that was just set up."""

    codes: list[str]

    def take(self, code: str) -> None:
        """Confirm the app. Raises WrongCode."""
        self.codes = confirm_authenticator(user=self.user, code=code, at=timezone.now())


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def two_step(request: HttpRequest) -> HttpResponse:
    """How one's second step stands; a POST says in `do` what is wanted: confirm, or, with a code, codes, move, off."""
    user: Any = request.user
    at = timezone.now()
    do = request.POST.get("do", "") if request.method == "POST" else ""
    if do == "confirm":
        return _confirm(request, user, at=at)
    if do in ("codes", "move", "off"):
        return _change(request, user, do, at=at)
    return _page(request, user, at=at)


def _confirm(request: HttpRequest, user: User, *, at: datetime) -> HttpResponse:
    form = FirstCodeForm(request, user, request.POST)
    if not _may_confirm(request, user, at=at):
        return HttpResponseRedirect(reverse("admin:two_step"))
    if not form.is_valid():
        return _page(request, user, at=at, form=form)
    request.session.pop(MOVES, None)
    request.session[PROOF] = "totp"
    request.session.cycle_key()
    end_sessions(user=user, but=this_session(request))
    return _show_codes(request, form.codes, is_first=True)


def _may_confirm(request: HttpRequest, user: User, *, at: datetime) -> bool:
    """A first app for the asking; another one only for whoever has just shown a code of the first."""
    shown = request.session.get(MOVES, 0)
    return at.timestamp() - shown < PATIENCE.total_seconds() or not _is_set_up(user)


def _is_set_up(user: User) -> bool:
    return Authenticator.objects.filter(user=user).exclude(confirmed_at=None).exists()


def _change(request: HttpRequest, user: User, do: str, *, at: datetime) -> HttpResponse:
    """New recovery codes, another phone, or no second step any more: each for a code of the app."""
    if do == "off" and needs_two_steps(user=user):
        raise PermissionDenied(_("Your role needs a second step. Set up another phone instead."))
    form = CodeForm(request, user, request.POST)
    if not form.is_valid():
        return _page(request, user, at=at, wrong=do, **{f"{do}_form": form})
    if do == "move":
        request.session[MOVES] = at.timestamp()
        return HttpResponseRedirect(reverse("admin:two_step"))
    if do == "codes":
        return _show_codes(request, make_recovery_codes(user=user, at=at), is_first=False)
    remove_authenticator(user=user, but=this_session(request))
    request.session.pop(PROOF, None)
    messages.success(request, _("Your second step is switched off; your other sessions have ended."))
    return HttpResponseRedirect(reverse("admin:two_step"))


def _page(request: HttpRequest, user: User, *, at: datetime, wrong: str = "", **forms: Any) -> HttpResponse:
    moves = _may_confirm(request, user, at=at)
    device = offer_authenticator(user=user) if moves else Authenticator.objects.get(user=user)
    must = needs_two_steps(user=user)
    context = {
        **account_context(request, "two_step"),
        "is_set_up": bool(device.secret),
        "moves": moves,
        "must": must,
        "wrong": wrong,
        "must_now": must and not request.session.get(PROOF),
        "device": device,
        "codes_left": user.recovery_codes.filter(used_at=None).count(),
        "form": CodeForm(request, user),
        "codes_form": CodeForm(request, user),
        "move_form": CodeForm(request, user),
        "off_form": CodeForm(request, user),
        **forms,
    }
    if moves:
        context["secret"] = " ".join(_in_fours(device.next_secret))
        context["picture"] = segno.make(address_of(device), error="m").svg_data_uri(scale=5, border=3, light="#fff")
    response = TemplateResponse(request, "admin/login/set_up.html" if context["must_now"] else PAGE, context)
    shown = next(iter(forms.values()), None)
    return response if shown is None else locked_answer(response, shown)


def _show_codes(request: HttpRequest, codes: list[str], *, is_first: bool) -> HttpResponse:
    context = {**account_context(request, "two_step"), "codes": codes, "is_first": is_first}
    return TemplateResponse(request, CODES, context)


def _in_fours(text: str) -> list[str]:
    return [text[i : i + 4] for i in range(0, len(text), 4)]


def this_session(request: HttpRequest) -> str:
    """The session of this request, as it is stored."""
    return digest_of_key(request.session.session_key or "")
