from collections.abc import Sequence
from datetime import datetime

from analytics.models import CampaignList
from analytics.operations.build_campaign_list import may_be_written_to
from analytics.sql.whose import Whose


def members_to_write_to(*, campaign: CampaignList, at: datetime, among: Sequence[int] | None = None) -> list[int]:
    """Keys, in order, of the members of a list who may be written to as of `at`: not held out, and neither have they
    objected nor taken their consent back since it was built. Of all members, or of these customers. Three statements,
    however many they are."""
    members = campaign.members.to_be_written_to().profiled()
    if among is not None:
        members = members.filter(Whose.these(among).at("customer"))
    ids = list(members.values_list("customer_id", flat=True))
    return sorted(may_be_written_to(ids, channel=campaign.channel, at=at))
