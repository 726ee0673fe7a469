from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from analytics.models import Dashboard, SavedReport, Tile
from analytics.operations.write_dashboard import write_dashboard
from customers.models import User

COPIED = ("title", "source", "product", "days", "shape", "width")
LONGEST = 100


@transaction.atomic
def copy_dashboard(*, dashboard: Dashboard, by: User, at: datetime) -> Dashboard:
    """Make a dashboard of one's own with the same tiles. It is shared with nobody. A tile of a report that `by` does
    not see is left as one whose report is gone."""
    name = _("%(name)s (copy)") % {"name": dashboard.name}
    values = {"name": name[:LONGEST], "description": dashboard.description}
    made = write_dashboard(dashboard=Dashboard(), changes=values, by=by, at=at)
    tiles = list(dashboard.tiles.order_by("place", "pk"))
    seen = SavedReport.objects.visible_to(by).in_bulk([tile.report_id for tile in tiles if tile.report_id])
    for place, tile in enumerate(tiles):
        same = {name: getattr(tile, name) for name in COPIED}
        Tile(dashboard=made, place=place, report=seen.get(tile.report_id or 0), **same).save(force_insert=True)
    return made
