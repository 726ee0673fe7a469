from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from analytics.models import Dashboard, Tile


@transaction.atomic
def arrange_tiles(
    *, dashboard: Dashboard, tiles: Sequence[int], at: datetime, expected_version: int | None = None
) -> Dashboard:
    """Put the tiles of a dashboard into this order: their keys, each once.

    Raises StaleVersion, ValidationError where they are not just the tiles that it has."""
    dashboard.refresh_from_db(from_queryset=Dashboard.objects.select_for_update())
    dashboard.require_version(expected_version)
    rows = {tile.pk: tile for tile in Tile.objects.select_for_update().filter(dashboard=dashboard)}
    if sorted(tiles) != sorted(rows):
        raise ValidationError({"tiles": _("The tiles were changed meanwhile. Look at the dashboard again first.")})
    moved = False
    for place, key in enumerate(tiles):
        if rows[key].place != place:
            rows[key].place, moved = place, True
            rows[key].save_checked(update_fields=["place"])
    if moved:
        dashboard.save_checked(update_fields=[])
    return dashboard
