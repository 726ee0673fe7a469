"""Dashboards of tests."""

from typing import Any

import pytest

from analytics.models import Dashboard, SavedReport, ScheduledReport, Tile
from analytics.operations.write_dashboard import write_dashboard
from analytics.operations.write_scheduled_report import write_scheduled_report
from analytics.operations.write_tile import write_tile
from customers.models import Team, User
from tests.cast import NOW, make_user


@pytest.fixture
def lea(north: Team) -> User:
    """Lea, who leads North: she arranges dashboards."""
    return make_user("lea", north, role="Lead", email="lea@candid.example")


@pytest.fixture
def max_(north: Team) -> User:
    """Max, who leads North too."""
    return make_user("max", north, role="Lead", email="max@candid.example")


def a_board(by: User, name: str = "Monday", **more: Any) -> Dashboard:
    """A dashboard without a tile."""
    return write_dashboard(dashboard=Dashboard(), changes={"name": name, **more}, by=by, at=NOW)


def a_tile(board: Dashboard, by: User, source: str = "waiting", shape: str = "number", **more: Any) -> Tile:
    """A tile at its end."""
    changes = {"source": source, "shape": shape, **more}
    return write_tile(tile=Tile(dashboard=board), changes=changes, by=by, at=NOW)


def a_schedule(by: User, *to: User, of: Dashboard | SavedReport, **more: Any) -> ScheduledReport:
    """By mail every Monday at seven."""
    name = "dashboard" if isinstance(of, Dashboard) else "report"
    changes = {name: of, "recipients": list(to), **more}
    return write_scheduled_report(schedule=ScheduledReport(), changes=changes, by=by, at=NOW)
