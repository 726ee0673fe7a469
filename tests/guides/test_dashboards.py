"""The guide of dashboards: its table says which shapes there are, and its API calls work as they are written."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from analytics.models import Dashboard, ScheduledReport, Tile
from analytics.tests.boards import lea as lea
from customers.models import User
from tests.client import as_user

GUIDE = Path(settings.BASE_DIR) / "docs" / "guides" / "dashboards.md"
CALL = re.compile(r"^(GET|POST)\s+(/api/v1/\S+)\s*(\{(?:.|\n {8,})*?\})?$", re.MULTILINE)

pytestmark = pytest.mark.django_db


def test_the_calls_of_the_guide_work(lea: User) -> None:
    api = as_user(lea)
    first, second = None, None
    calls = CALL.findall(GUIDE.read_text())
    assert len(calls) == 5
    for method, path, body in calls:
        data = json.loads(body) if body else {}
        if "dashboard" in data:
            data["dashboard"] = Dashboard.objects.get().pk
        if "tiles" in data:
            first, second = Tile.objects.order_by("pk").values_list("pk", flat=True)
            data["tiles"] = [second, first]
        if "recipients" in data:
            data["recipients"] = [lea.pk]
        kind: Any = Tile if "/tiles/" in path else Dashboard
        if "/1/" in path:
            path = path.replace("/1/", f"/{kind.objects.order_by('pk').values_list('pk', flat=True)[0]}/")
        response = api.get(path) if method == "GET" else api.post(path, data, format="json")
        assert response.status_code in (200, 201), (path, response.json())
        if path.endswith("/tiles/"):
            api.post(path, data, format="json")
    assert list(Tile.objects.order_by("place").values_list("pk", flat=True)) == [second, first]
    assert ScheduledReport.objects.count() == 1
