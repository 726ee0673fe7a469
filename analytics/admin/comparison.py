"""The scores of two customers who are compared."""

from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from analytics.admin.score_display import score_bar
from analytics.models import CustomerScore
from customers.admin.comparisons import Compared, register_comparison
from customers.models import Customer


@register_comparison
def compare_scores(request: HttpRequest, customers: list[Customer]) -> list[Compared]:
    """The satisfaction score of each; nothing where neither has one."""
    if not request.user.has_perm("analytics.view_customerscore"):
        return []
    scores = CustomerScore.objects.visible_to(request.user).in_bulk([customer.pk for customer in customers])
    shown: list[SafeString | str] = [score_bar(scores[c.pk]) if c.pk in scores else "–" for c in customers]
    return [Compared(_("Satisfaction"), shown)] if scores else []
