from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from analytics.models import CampaignList
from analytics.value.shares import Difference, difference_of_shares
from customers.choices import OrderStatus
from customers.models import OrderLine


@dataclass(frozen=True, slots=True)
class Response:
    """How many of those who were written to, and of those held out, bought the thing since it was sent."""

    sent: int
    sent_bought: int
    held: int
    held_bought: int
    until: datetime
    is_over: bool
    uplift: Difference | None


def campaign_response(*, campaign: CampaignList, at: datetime) -> Response | None:
    """What a list moved, counted now; None before it is sent. A few statements, however long the list is."""
    if campaign.sent_at is None:
        return None
    until = campaign.sent_at + timedelta(days=campaign.response_days)
    lines = OrderLine.objects.filter(
        order__customer=OuterRef("customer"),
        order__ordered_at__gt=campaign.sent_at,
        order__ordered_at__lte=min(until, at),
    ).exclude(order__status=OrderStatus.CANCELLED)
    thing = {"product": campaign.product_id} if campaign.product_id else {"product__category": campaign.category_id}
    bought = Exists(lines.filter(**thing))
    members = campaign.members.order_by()
    sent, held = members.filter(sent_at__isnull=False), members.filter(is_held_out=True)
    treated, hits = sent.count(), sent.filter(bought).count()
    kept, hits_of_kept = held.count(), held.filter(bought).count()
    return Response(
        sent=treated,
        sent_bought=hits,
        held=kept,
        held_bought=hits_of_kept,
        until=until,
        is_over=at >= until,
        uplift=difference_of_shares(treated_hits=hits, treated=treated, held_hits=hits_of_kept, held=kept),
    )
