"""The score beside a ticket: what the agent should know before answering."""

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from analytics.admin.reasons import reasons_for
from analytics.admin.score_display import FACTOR_OF_CODE, points, tone_of
from analytics.choices import FACTOR_NAMES
from analytics.models import FACTORS, CustomerScore
from customers.admin.panels import register_panel
from customers.models import Customer


@register_panel
def score_panel(request: HttpRequest, customer: Customer) -> SafeString:
    """Score, change, the factor that weighs most, the three things that moved it, and the way to all reasons."""
    if not request.user.has_perm("analytics.view_customerscore"):
        return SafeString("")
    score = CustomerScore.objects.filter(pk=customer.pk).profiled().first()
    if score is None:
        return SafeString("")
    heaviest = max(FACTORS, key=lambda name: abs(getattr(score, f"{name}_points")))
    context = {
        "customer": customer,
        "score": score,
        "number": round(score.score),
        "tone": tone_of(score.score),
        "change": None if score.change is None else points(score.change),
        "change_factor": FACTOR_NAMES.get(FACTOR_OF_CODE.get(score.change_factor or 0, "")),
        "heaviest": FACTOR_NAMES[heaviest],
        "reasons": reasons_for(customer, request, at=timezone.now()),
        "heaviest_points": points(getattr(score, f"{heaviest}_points")),
    }
    return SafeString(render_to_string("admin/analytics/panel.html", context, request))
