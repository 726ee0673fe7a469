"""“My API tokens”: issued, shown once, revoked, for whoever may have some."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from customers.admin.login.account import MAY_HAVE_TOKENS, account_context
from customers.admin.page_forms import Plain
from customers.admin.token_words import SCOPE_CHOICES, scope_words, token_state
from customers.models import ApiToken
from customers.operations.issue_token import LONGEST_LIFE, issue_token
from customers.operations.revoke_token import revoke_token


class OwnTokenForm(Plain, forms.Form):
    """For what, for how long, and what it may do."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=100, help_text=gettext_lazy("The program that will use it.")
    )
    days = forms.IntegerField(
        label=gettext_lazy("Valid for, days"), min_value=1, max_value=LONGEST_LIFE.days, initial=LONGEST_LIFE.days
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"), choices=SCOPE_CHOICES, widget=forms.CheckboxSelectMultiple
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_tokens(request: HttpRequest) -> HttpResponse:
    """List one's own; a POST issues one, or revokes the one of `revoke`."""
    user: Any = request.user
    if not user.has_perm(MAY_HAVE_TOKENS):
        raise PermissionDenied
    at = timezone.now()
    form = OwnTokenForm(request.POST if request.method == "POST" else None)
    shown = ""
    if "revoke" in request.POST:
        return _revoke(request, user)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        _row, shown = issue_token(
            user=user, name=given["name"], life=timedelta(days=given["days"]), scopes=given["scopes"], at=at
        )
        form = OwnTokenForm()
    rows = ApiToken.objects.filter(user=user)
    context = {
        **account_context(request, "own_tokens"),
        "form": form,
        "shown": shown,
        "tokens": [(row, token_state(row, at=at), scope_words(row)) for row in rows],
    }
    return TemplateResponse(request, "admin/account/tokens.html", context, status=422 if form.errors else 200)


def _revoke(request: HttpRequest, user: Any) -> HttpResponse:
    key = request.POST["revoke"]
    token = ApiToken.objects.filter(user=user, pk=key).first() if key.isdecimal() and len(key) < 19 else None
    if token is None:
        raise Http404(_("There is no such token, or it is not yours."))
    revoke_token(token=token, at=timezone.now())
    messages.success(request, _("“%(name)s” works no more.") % {"name": token.name})
    return HttpResponseRedirect(reverse("admin:own_tokens"))
