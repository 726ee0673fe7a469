"""Logging in to the portal by a link in a mail, and logging out."""

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from services.operations.ask_portal_link import ask_portal_link, portal_mailbox
from services.operations.use_portal_link import PortalLinkIsOver, usable_login, use_portal_link
from services.views.portal_access import COOKIE, forget_cookie, log_in, reader_from, too_much
from services.views.private import in_language, private
from services.views.throttle import LinkThrottle, is_too_much


class AddressForm(forms.Form):
    """Where the link is sent to."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True, "required": True}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@private(referrer="same-origin")
@in_language
def login(request: HttpRequest) -> HttpResponse:
    """Ask for a link. The answer is the same whether or not anybody has the address."""
    if request.method != "POST":
        if reader_from(request) is not None:
            return HttpResponseRedirect(reverse("portal"))
        state = "sent" if "sent" in request.GET else "ask" if portal_mailbox() else "off"
        return _page(request, state, AddressForm())
    if is_too_much(request, LinkThrottle):
        return too_much(request)
    form = AddressForm(request.POST)
    if not form.is_valid():
        return _page(request, "ask", form, status=422)
    ask_portal_link(email=form.cleaned_data["email"], language=get_language() or "", at=timezone.now())
    return HttpResponseRedirect(f"{reverse('portal-login')}?sent", status=303)


@require_http_methods(["GET", "HEAD", "POST"])
@private("/my/link/…/", referrer="same-origin")
@in_language
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the mail. Opening it consumes nothing; its button logs in."""
    if is_too_much(request):
        return too_much(request)
    at = timezone.now()
    try:
        if request.method == "POST":
            return log_in(request, use_portal_link(token=token, at=at))
        usable_login(token=token, at=at)
    except PortalLinkIsOver:
        return render(request, "services/portal/link_over.html", {"here": "portal"}, status=410)
    return render(request, "services/portal/link.html", {"here": "portal"})


@require_http_methods(["POST"])
@private(referrer="same-origin")
@in_language
def logout(request: HttpRequest) -> HttpResponse:
    """End this session."""
    reader = reader_from(request)
    if reader is not None:
        reader.session.delete()
    response = HttpResponseRedirect(reverse("portal-login"), status=303)
    forget_cookie(response, COOKIE)
    return response


def _page(request: HttpRequest, state: str, form: AddressForm, *, status: int = 200) -> HttpResponse:
    return render(
        request, "services/portal/login.html", {"here": "portal", "state": state, "form": form}, status=status
    )
