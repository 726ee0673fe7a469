"""Macros on the desk: found by a few letters, looked at with the text filled in, and applied."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from services.admin.desk.access import at_the_desk, ticket_in_sight
from services.admin.desk.answers import answer_refusal, answer_verb
from services.admin.desk.page import LONGEST_QUERY
from services.admin.desk.ticket_column import Typed
from services.admin.desk.write import LONGEST, require_may_write
from services.admin.ticket_forms import SeenForm
from services.choices import Priority, TicketStatus
from services.models import Macro
from services.operations.apply_macro import apply_macro
from services.operations.preview_macro import MacroPreview, preview_macro

SHOWN = 50


class ApplyForm(SeenForm):
    """The text as the agent left it in the preview; left out, it is the macro's own."""

    body = forms.CharField(max_length=LONGEST, required=False)


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that a macro changes, in words."""

    icon: str
    text: str


@at_the_desk("GET")
def macro_list(request: HttpRequest, pk: int, *, at: datetime) -> HttpResponse:
    """The macros of this user that hold what was typed (?q=) in their name or text."""
    ticket = ticket_in_sight(request, pk)
    query = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    macros = Macro.objects.visible_to(request.user).filter(is_active=True).select_related("team")
    for word in query.split():
        macros = macros.filter(Q(name__icontains=word) | Q(body__icontains=word))
    context = {"macros": list(macros[:SHOWN]), "ticket": ticket, "query": query}
    return TemplateResponse(request, "admin/desk/macros.html", context)


@at_the_desk("GET", "POST")
def macro(request: HttpRequest, pk: int, key: int, *, at: datetime) -> HttpResponse:
    """The preview of a macro for this ticket; a POST applies it."""
    ticket = ticket_in_sight(request, pk)
    require_may_write(request)
    user: Any = request.user
    found = Macro.objects.visible_to(user).filter(pk=key, is_active=True).first()
    if found is None:
        raise Http404(_("There is no such macro, or it is not yours to use."))
    if request.method == "GET":
        seen = preview_macro(macro=found, ticket=ticket, by=user)
        context = {"preview": seen, "effects": effects_of(seen), "ticket": ticket}
        return TemplateResponse(request, "admin/desk/macro_preview.html", context)
    form = ApplyForm(request.POST)
    if not form.is_valid():
        return answer_refusal(request, pk, Typed(_("This text is too long.")), at=at, status=422)
    body = form.cleaned_data["body"] if "body" in request.POST else None

    def apply() -> str:
        apply_macro(
            macro=found, ticket=ticket, by=user, at=at, body=body, expected_version=form.cleaned_data["version"]
        )
        return _("“%(macro)s” is done.") % {"macro": found.name}

    return answer_verb(request, ticket, apply, at=at)


def effects_of(preview: MacroPreview) -> list[Effect]:
    """What becomes of the ticket, in words; what stays as it is goes without saying."""
    effects = []
    if preview.takes:
        effects.append(Effect("front_hand", _("The ticket becomes yours")))
    if preview.priority is not None:
        text = _("Priority becomes %(priority)s") % {"priority": Priority(preview.priority).label}
        effects.append(Effect("flag", text))
    if preview.status is not None:
        text = _("Status becomes %(status)s") % {"status": TicketStatus(preview.status).label}
        effects.append(Effect("sync_alt", text))
    return effects
