"""Narrows the customer list down to whom a campaign list says to write to."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from analytics.models import CampaignList
from analytics.operations.members_to_write_to import members_to_write_to
from analytics.sql.whose import Whose
from customers.admin.row_keys import is_key
from customers.admin.segment_from_list import register_translation

CAMPAIGN = "campaign"
# So many of the newest can be chosen; any other by its address.
NEWEST = 20


# No fact of a segment: a list is frozen, a segment is alive.
register_translation(CAMPAIGN, lambda _text: None)


class CampaignFilter(DropdownFilter):
    """The members of a list who may be written to, less those held out."""

    title = _("campaign list")
    parameter_name = CAMPAIGN

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The newest lists, and the one that is asked for."""
        if not request.user.has_perm("analytics.view_campaignlist"):
            return []
        rows = CampaignList.objects.visible_to(request.user)
        newest = list(rows.filter(built_at__isnull=False).order_by("-pk").values_list("pk", "name")[:NEWEST])
        return [(str(pk), name) for pk, name in newest]

    def has_output(self) -> bool:
        """Also where the list that is asked for is an old one."""
        return True

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Its members who may be written to now: whoever objected since it was built is not among them."""
        asked = self.value()
        if not asked:
            return queryset
        if not is_key(asked) or not request.user.has_perm("analytics.view_campaignlist"):
            return queryset.none()
        campaign = CampaignList.objects.visible_to(request.user).filter(pk=int(asked)).first()
        if campaign is None:
            return queryset.none()
        members = members_to_write_to(campaign=campaign, at=timezone.now())
        return queryset.filter(Whose.these(members).at("pk"))
