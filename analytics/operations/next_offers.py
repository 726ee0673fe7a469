from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from analytics.choices import OfferOutcome
from analytics.models import Offer, PreferenceProfile
from analytics.operations.product_reasons import ProductReasons
from customers.choices import ConsentPurpose
from customers.models import Consent, Customer, Product
from customers.operations.may_contact import CHANNELS, answer, barred_answer, statements_in_force

# Whoever does not want it now is not asked again for so long.
REST = timedelta(days=90)
# Of what was offered, the newest.
LOOKED_AT = 100


@dataclass(frozen=True, slots=True)
class NextOffer:
    """A product to offer. row: as product_reasons writes it. last: what came of it when it was offered before."""

    row: Mapping[str, Any]
    last: Offer | None


@dataclass(frozen=True, slots=True)
class NextOffers:
    """offers: best first. log: what was offered before, newest first. channels: by which the customer may be written to
    or called for it; in a conversation that they began it may be named in any case. declined: how many are left out,
    since they did not want them lately."""

    offers: list[NextOffer]
    channels: list[str]
    declined: int
    log: list[Offer]


def next_offers(*, customer: Customer, profile: PreferenceProfile | None, at: datetime) -> NextOffers:
    """What to offer a customer next: the best products of their profile that they did not buy, that are on sale and
    that they did not decline lately, with the reasons. Three queries.

    `profile` is that of a customer who may be profiled, or None."""
    unbought = [row for row in ProductReasons().of(profile) if not row["bought"]] if profile else []
    keys = [row["product"] for row in unbought]
    on_sale = set(Product.objects.filter(pk__in=keys, is_active=True).values_list("pk", flat=True)) if keys else set()
    log = list(Offer.objects.filter(customer=customer, at__lte=at).select_related("product", "by")[:LOOKED_AT])
    last: dict[int, Offer] = {}
    for offer in log:
        last.setdefault(offer.product_id, offer)
    declined = {pk for pk, offer in last.items() if _is_declined(offer, at)}
    kept = [row for row in unbought if row["product"] in on_sale and row["product"] not in declined]
    return NextOffers(
        [NextOffer(row, last.get(row["product"])) for row in kept],
        _channels(customer, at),
        len([row for row in unbought if row["product"] in declined]),
        log,
    )


def _is_declined(offer: Offer, at: datetime) -> bool:
    return offer.outcome == OfferOutcome.DECLINED and offer.at > at - REST


def _channels(customer: Customer, at: datetime) -> list[str]:
    purpose = ConsentPurpose.MARKETING
    if barred := barred_answer(customer, purpose):
        return list(CHANNELS) if barred.allowed else []
    said = statements_in_force(Consent.objects.filter(customer=customer, purpose=purpose, at__lte=at))
    return [channel for channel in CHANNELS if answer(said, purpose=purpose, channel=channel).allowed]
