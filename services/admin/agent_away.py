"""The page on which an agent goes away and comes back."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.admin.page_forms import MomentInput, Plain
from customers.models import StaleVersion, User
from services.models import Agent
from services.operations.give_back_tickets import GivenBack, give_back_tickets
from services.operations.set_away import set_away

TEMPLATE = "admin/services/agent/away.html"


class AwayForm(Plain, forms.Form):
    """From when until when, and what becomes of the tickets. `version` is that of the agent whom the page showed."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    away_from = forms.DateTimeField(
        label=gettext_lazy("Away from"), required=False, widget=MomentInput, help_text=gettext_lazy("Empty: now.")
    )
    away_until = forms.DateTimeField(
        label=gettext_lazy("Back at"),
        required=False,
        widget=MomentInput,
        help_text=gettext_lazy("Empty: until you, or a lead, say so."),
    )
    gives_back = forms.BooleanField(
        label=gettext_lazy("Give the unsolved tickets back to the assignment rules"), required=False
    )


def away_page(model_admin: Any, request: HttpRequest, pk: int, *, at: datetime) -> HttpResponse:
    """Show the form, and take it: `is_back` comes back, everything else goes away."""
    agent = Agent.objects.visible_to(request.user).select_related("user").filter(pk=pk).first()
    if agent is None or not model_admin.has_view_permission(request):
        raise Http404(_("There is no such agent."))
    if not may_set_away(request.user, agent):
        raise PermissionDenied
    posted = request.POST if request.method == "POST" else None
    form = AwayForm(posted, initial={"version": agent.version, "away_until": agent.away_until})
    if request.method == "POST" and form.is_valid() and _take(request, agent, form, at=at):
        return HttpResponseRedirect(reverse("admin:services_agent_away", args=[pk]))
    request.current_app = model_admin.admin_site.name
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Away and back"),
        "opts": model_admin.opts,
        "media": model_admin.media,
        "agent": agent,
        "is_own": agent.user_id == request.user.pk,
        "says": away_words(agent, at=at),
        "takes_tickets": agent.takes_tickets(at),
        "is_planned": agent.away_from is not None and agent.away_from > at,
        "unsolved": agent.tickets.unsolved().count(),
        "form": form,
    }
    return TemplateResponse(request, TEMPLATE, context, status=422 if form.errors else 200)


def may_set_away(user: Any, agent: Agent) -> bool:
    """Agents say it of themselves; whoever may change agents says it of all."""
    return bool(agent.user_id == user.pk or user.has_perm("services.change_agent"))


def away_words(agent: Agent, *, at: datetime) -> str:
    """How the agent stands, in words."""
    if not agent.is_active:
        return _("takes no tickets")
    if agent.is_away(at):
        return _("away until %(time)s") % {"time": _moment(agent.away_until)} if agent.away_until else _("away")
    if agent.away_from and agent.away_from > at:
        return _("here, away from %(time)s") % {"time": _moment(agent.away_from)}
    return _("here")


def _take(request: HttpRequest, agent: Agent, form: AwayForm, *, at: datetime) -> bool:
    """Do what was asked for; False, with the reason on the form, where it was refused."""
    user: User = request.user  # type: ignore[assignment]
    given = form.cleaned_data
    is_back = "is_back" in request.POST
    since, until = (None, None) if is_back else (given["away_from"] or at, given["away_until"])
    try:
        set_away(agent=agent, away_from=since, away_until=until, at=at, expected_version=given["version"])
    except ValidationError as error:
        form.add_error("away_until", error.message_dict["away_until"])
        return False
    except StaleVersion:
        form.add_error(None, _("Somebody changed this agent meanwhile. Look at how they stand now, then try again."))
        posted: Any = form.data
        form.data = posted.copy()
        form.data["version"] = str(agent.version)  # type: ignore[index]
        return False
    messages.success(request, _("%(agent)s: %(state)s.") % {"agent": agent, "state": away_words(agent, at=at)})
    if given["gives_back"] and not is_back:
        messages.info(request, given_back_words(give_back_tickets(agent=agent, by=user, at=at)))
    return True


def given_back_words(done: GivenBack) -> str:
    """What became of the tickets, in a sentence each."""
    on, nobody, kept = done.handed_on, done.unassigned, done.kept
    lines = [
        on and ngettext("%(n)d ticket went to somebody else.", "%(n)d tickets went to somebody else.", on) % {"n": on},
        nobody and ngettext("%(n)d ticket is nobody's now.", "%(n)d tickets are nobody's now.", nobody) % {"n": nobody},
        kept and ngettext("%(n)d ticket stays.", "%(n)d tickets stay.", kept) % {"n": kept},
    ]
    return " ".join(str(line) for line in lines if line) or _("There were no unsolved tickets.")


def _moment(moment: datetime) -> str:
    return str(date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT"))
