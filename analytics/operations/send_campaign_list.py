from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from analytics.models import CampaignList, CampaignMember
from analytics.operations.build_campaign_list import IsSent, require_built
from analytics.operations.members_to_write_to import members_to_write_to
from customers.choices import Direction, InteractionKind
from customers.models import Customer, Interaction, User
from customers.operations.record_activity import record_activity

AT_ONCE = 500


@transaction.atomic
def send_campaign_list(
    *, campaign: CampaignList, by: User, at: datetime, expected_version: int | None = None
) -> CampaignList:
    """Put on record that the members were written to, other than those held out: a campaign touch on the timeline of
    each, by whatever program sends it. Whoever took their consent back since the list was built, or objected, stays
    out. The list is frozen from here on.

    All or nothing, in one transaction. Raises ValidationError where there is no list that is up to date, IsSent,
    StaleVersion."""
    row = CampaignList.objects.select_for_update().get(pk=campaign.pk)
    row.require_version(expected_version)
    if row.sent_at is not None:
        raise IsSent(_("This list was sent already."))
    require_built(row)
    for ids in _parts(members_to_write_to(campaign=row, at=at)):
        _touch(row, ids, by, at)
    row.sent_at, row.sent_by = at, by
    return row.save_checked(update_fields=["sent_at", "sent_by"])


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]


def _touch(campaign: CampaignList, ids: Sequence[int], by: User, at: datetime) -> None:
    living = Customer.objects.living().for_campaigns().filter(pk__in=ids).order_by("pk")
    keys = list(living.select_for_update().values_list("pk", flat=True))
    if not keys:
        return
    record_activity(customer_ids=keys, at=at)
    touches = [
        Interaction(
            customer_id=pk,
            kind=InteractionKind.CAMPAIGN,
            direction=Direction.OUTBOUND,
            subject=campaign.name,
            at=at,
            author=by,
        )
        for pk in keys
    ]
    Interaction.objects.bulk_create(touches)
    CampaignMember.objects.filter(campaign=campaign, customer__in=keys).update(sent_at=at)
