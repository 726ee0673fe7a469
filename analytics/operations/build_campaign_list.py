import heapq
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from analytics.choices import LeftOut
from analytics.models import CampaignList, CampaignMember
from analytics.operations.ensure_run import CHUNK_CUSTOMERS
from analytics.operations.target_standing import NotMeasuredYet, Place, TargetStanding
from analytics.segments.membership import members_among
from analytics.sql.whose import Whose
from analytics.value.uplift import is_held_out
from customers.choices import ConsentPurpose
from customers.models import Consent, ContactPoint, Customer
from customers.operations.may_contact import CHANNEL_OF, answer, statements_in_force
from customers.segments.definition import SegmentInvalid
from customers.segments.facts import Catalogue

KIND_OF = {channel: kind for kind, channel in CHANNEL_OF.items()}
# Best first: the place of a customer, as the heap compares it.
Key = tuple[float, float, int]


class CannotBuild(Exception):
    """Why there is no list; in words, with what to do."""


class IsSent(Exception):
    """The list was sent: who is on it stays as it was."""


@dataclass(slots=True)
class Found:
    """Who is on the list so far, and why others are not."""

    most: int
    best: list[tuple[Key, Place]] = field(default_factory=list)
    considered: int = 0
    left_out: Counter[str] = field(default_factory=Counter)

    def add(self, customer_id: int, place: Place) -> None:
        """Put a customer in; the list stays as long as it may be."""
        entry = ((place.percentile, place.preference, -customer_id), place)
        if len(self.best) < self.most:
            heapq.heappush(self.best, entry)
            return
        heapq.heappushpop(self.best, entry)
        self.left_out[LeftOut.CUT_OFF] += 1

    def in_order(self) -> Iterator[tuple[int, Place]]:
        """Customer and place, best first."""
        for (_percentile, _preference, key), place in sorted(self.best, key=lambda entry: entry[0], reverse=True):
            yield -key, place


def build_campaign_list(
    *, campaign: CampaignList, at: datetime, tell: Callable[[int, int], None] = lambda done, total: None
) -> CampaignList:
    """Find who is on the list as of now: of the customers that `built_by` sees and the segment has, those who may be
    written to by the channel and want the thing most. Everybody else is counted under the first reason that holds.

    The members of before are replaced, in one transaction at the end. `tell` hears how many customers were read.
    Raises CannotBuild, IsSent."""
    if campaign.sent_at is not None:
        raise IsSent(_("This list was sent: who is on it stays as it was."))
    conditions = campaign.conditions()
    try:
        target = TargetStanding(campaign.product or campaign.category)  # type: ignore[arg-type]
    except NotMeasuredYet as error:
        text = _("Nothing is known yet of who wants %(what)s: it needs purchases, and the next nightly run.")
        raise CannotBuild(text % {"what": campaign.wants}) from error
    found = Found(campaign.most)
    total, done = _everybody(campaign).count(), 0
    for ids in _chunks(campaign):
        _judge(campaign, target, ids, found, at)
        done += len(ids)
        tell(done, total)
    return _keep(campaign, conditions, found, at)


def _everybody(campaign: CampaignList):  # type: ignore[no-untyped-def]
    if campaign.built_by is None:
        raise CannotBuild(_("Whoever had it built is not here any more: build it again."))
    return Customer.objects.visible_to(campaign.built_by).filter(erased_at=None)


def _chunks(campaign: CampaignList) -> Iterator[list[int]]:
    last = 0
    while True:
        rows = _everybody(campaign).filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)
        ids = list(rows[:CHUNK_CUSTOMERS])
        if not ids:
            return
        last = ids[-1]
        yield ids


def _judge(campaign: CampaignList, target: TargetStanding, everybody: list[int], found: Found, at: datetime) -> None:
    """Sort some customers: onto the list, or under a reason."""
    ids = _members(campaign, everybody, at)
    found.considered += len(ids)
    if not ids:
        return
    left = _Sieve(ids, found)
    left.keep(LeftOut.NOT_PROFILED, set(Customer.objects.profiled().filter(_these(ids)).values_list("pk", flat=True)))
    left.keep(LeftOut.NO_CONSENT, may_be_written_to(left.ids, channel=campaign.channel, at=at))
    left.keep(LeftOut.NO_ADDRESS, _reached(left.ids, campaign.channel))
    left.drop(LeftOut.RESTING, _resting(campaign, left.ids, at))
    places = target.among(left.ids, as_of=at) if left.ids else {}
    left.keep(LeftOut.NO_HISTORY, set(places))
    left.drop(LeftOut.DISLIKES, {pk for pk, place in places.items() if place.dislikes})
    since = (at - timedelta(days=campaign.bought_days)).timestamp()
    left.drop(LeftOut.BOUGHT, {pk for pk, place in places.items() if (place.bought_at or 0.0) > since})
    left.drop(LeftOut.TOO_LOW, {pk for pk, place in places.items() if place.percentile < campaign.min_percentile})
    for pk in left.ids:
        found.add(pk, places[pk])


class _Sieve:
    """Keys in order; whoever falls through is counted."""

    def __init__(self, ids: Sequence[int], found: Found) -> None:
        self.ids = list(ids)
        self._found = found

    def keep(self, reason: LeftOut, some: set[int]) -> None:
        before = len(self.ids)
        self.ids = [pk for pk in self.ids if pk in some]
        self._found.left_out[reason] += before - len(self.ids)

    def drop(self, reason: LeftOut, some: set[int]) -> None:
        self.keep(reason, set(self.ids) - some)


def _these(ids: Sequence[int], path: str = "pk"):  # type: ignore[no-untyped-def]
    return Whose.these(ids).at(path)


def _members(campaign: CampaignList, ids: list[int], at: datetime) -> list[int]:
    if campaign.segment is None:
        return ids
    try:
        catalogue = Catalogue(None)
        found = members_among(
            definition=campaign.segment.definition, whose=Whose.these(ids), at=at, catalogue=catalogue
        )
    except SegmentInvalid as error:
        text = _("The segment %(segment)s asks for something that is not there any more: correct it first.")
        raise CannotBuild(text % {"segment": campaign.segment}) from error
    return [pk for pk in ids if pk in found]


def may_be_written_to(ids: Sequence[int], *, channel: str, at: datetime) -> set[int]:
    """Those of these customers who may be contacted for marketing by a channel: the rule of may_contact, for many at
    once in two statements."""
    if not ids:
        return set()
    said: dict[int, list[Consent]] = {}
    purpose = ConsentPurpose.MARKETING
    for row in Consent.objects.filter(_these(ids, "customer"), purpose=purpose, at__lte=at):
        said.setdefault(row.customer_id, []).append(row)
    present = Customer.objects.for_campaigns().filter(_these(list(said), "pk")).values_list("pk", flat=True)
    return {pk for pk in present if answer(statements_in_force(said[pk]), purpose=purpose, channel=channel).allowed}


def _reached(ids: Sequence[int], channel: str) -> set[int]:
    if not ids:
        return set()
    points = ContactPoint.objects.filter(_these(ids, "customer"), kind=KIND_OF[channel])  # type: ignore[index]
    return set(points.values_list("customer", flat=True))


def _resting(campaign: CampaignList, ids: Sequence[int], at: datetime) -> set[int]:
    if not (ids and campaign.rest_days):
        return set()
    since = at - timedelta(days=campaign.rest_days)
    rows = CampaignMember.objects.filter(_these(ids, "customer"), sent_at__gt=since)
    return set(rows.values_list("customer", flat=True))


@transaction.atomic
def _keep(campaign: CampaignList, conditions: dict[str, object], found: Found, at: datetime) -> CampaignList:
    row = CampaignList.objects.select_for_update().get(pk=campaign.pk)
    if row.sent_at is not None:
        raise IsSent(_("This list was sent: who is on it stays as it was."))
    row.members.all().delete()
    members = [
        CampaignMember(
            campaign=row,
            customer_id=pk,
            rank=rank,
            preference=place.preference,
            percentile=place.percentile,
            values=place.values,
            # Drawn by list and customer: the same however often it is built.
            is_held_out=is_held_out(key=str(row.pk), customer=pk, share=campaign.held_out / 100),
        )
        for rank, (pk, place) in enumerate(found.in_order(), start=1)
    ]
    CampaignMember.objects.bulk_create(members, batch_size=1000)
    row.built_at, row.built_from, row.problem = at, conditions, ""
    row.found = {
        "considered": found.considered,
        "members": len(members),
        "held_out": sum(member.is_held_out for member in members),
        "left_out": {reason.value: found.left_out[reason] for reason in LeftOut if found.left_out[reason]},
    }
    row.save(update_fields=["built_at", "built_from", "problem", "found"])
    return row


def require_built(campaign: CampaignList) -> None:
    """Raise ValidationError unless the list was built of what it asks for now, and has somebody on it."""
    if campaign.built_at is None:
        raise ValidationError(_("Build the list first."))
    if campaign.is_outdated:
        raise ValidationError(_("Its conditions were changed since it was built: build it again first."))
    if not campaign.found.get("members"):
        raise ValidationError(_("Nobody is on this list."))
