"""“Set up for your industry”: what a preset would add, and the button that adds it. For administrators."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from analytics.choices import FACTOR_NAMES
from analytics.models import FACTORS
from analytics.scoring.parameters import ScoreParameters
from crm.industries import INDUSTRIES
from crm.industries.set_up import Plan, plan_for, set_up_industry
from customers.models import Team, User

NEEDED = (
    "customers.add_relationtype",
    "customers.add_customattribute",
    "services.add_queue",
    "services.add_servicetype",
    "analytics.add_scoremodelversion",
    "analytics.add_preferencemodelversion",
)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of things that a preset adds."""

    name: str
    items: list[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Weight:
    """How a factor of the score differs from the usual."""

    name: Any
    exponent: str
    usual_exponent: str
    half_life: int
    usual_half_life: int


@dataclass(frozen=True, slots=True)
class Preset:
    """An industry as the page shows it."""

    code: str
    name: Any
    why: Any
    is_done: bool
    kinds: list[Kind]
    weights: list[Weight]
    new: int


def may_set_up(request: HttpRequest) -> bool:
    """Whether the user may add everything that a preset adds."""
    user: Any = request.user
    return bool(user.is_active and user.has_perms(NEEDED))


def setup_page(request: HttpRequest) -> HttpResponse:
    """Show what each preset would add; a POST with `industry` adds it."""
    if not may_set_up(request):
        raise PermissionDenied
    teams = list(Team.objects.order_by("pk"))
    if request.method == "POST":
        return _set_up(request, teams)
    context = {
        **admin.site.each_context(request),
        "title": _("Set up for your industry"),
        "crumbs": [{"title": _("Set up for your industry"), "link": ""}],
        "presets": [_preset(plan_for(industry)) for industry in INDUSTRIES.values()],
        "teams": teams,
    }
    return TemplateResponse(request, "admin/setup/industry.html", context)


def _set_up(request: HttpRequest, teams: list[Team]) -> HttpResponse:
    industry = INDUSTRIES.get(request.POST.get("industry", ""))
    if industry is None:
        raise Http404(_("There is no such industry."))
    team = next((team for team in teams if str(team.pk) == request.POST.get("team")), teams[0] if teams else None)
    if team is None:
        messages.error(request, _("Make a team first: the queues need one."))
        return HttpResponseRedirect(reverse("admin:industry_setup"))
    user: User = request.user  # type: ignore[assignment]
    plan = set_up_industry(industry=industry, team=team, at=timezone.now(), by=user)
    made = sum(len(plan.missing(kind)) for kind in plan.kinds)
    text = _("%(industry)s is set up: %(made)d things were added, what was here stays as it is.")
    messages.success(request, text % {"industry": industry.name, "made": made})
    return HttpResponseRedirect(reverse("admin:industry_setup"))


def _preset(plan: Plan) -> Preset:
    industry = plan.industry
    names = {
        "relation_types": (_("Relation types"), "relation type"),
        "attributes": (_("Custom attributes"), ""),
        "queues": (_("Queues"), ""),
        "service_types": (_("Service types"), "service type"),
        "ticket_attributes": (_("Ticket attributes"), ""),
        "skills": (_("Skills"), ""),
        "assignment_rules": (_("Assignment rules, switched off at first"), ""),
    }
    return Preset(
        code=industry.code,
        name=industry.name,
        why=industry.why,
        is_done=plan.is_done,
        kinds=[
            Kind(
                name,
                [(pgettext(context, item.name) if context else item.name, item.is_here) for item in plan.kinds[kind]],
            )
            for kind, (name, context) in names.items()
        ],
        weights=_weights(ScoreParameters.from_dict(industry.scores)),
        new=sum(len(plan.missing(kind)) for kind in plan.kinds),
    )


def _weights(wanted: ScoreParameters) -> list[Weight]:
    usual, wanted_by = dict(ScoreParameters()), dict(wanted)
    return [
        Weight(
            FACTOR_NAMES[name],
            str(number_format(abs(wanted_by[name].exponent), 1)),
            str(number_format(abs(usual[name].exponent), 1)),
            round(wanted_by[name].half_life_days),
            round(usual[name].half_life_days),
        )
        for name in FACTORS
    ]
