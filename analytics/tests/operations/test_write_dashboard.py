"""Dashboards are made, shared, arranged and copied."""

import pytest
from django.core.exceptions import ValidationError

from analytics.models import Dashboard, Tile
from analytics.operations.arrange_tiles import arrange_tiles
from analytics.operations.copy_dashboard import copy_dashboard
from analytics.operations.write_dashboard import write_dashboard
from analytics.tests.admin.test_behaviour_reports import saved
from analytics.tests.boards import a_board, a_tile
from analytics.tests.boards import lea as lea
from analytics.tests.boards import max_ as max_
from customers.models import Team, User
from customers.models.versioned import StaleVersion
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def order(board: Dashboard) -> list[int]:
    return list(board.tiles.order_by("place").values_list("pk", flat=True))


def test_whoever_makes_it_owns_it_and_it_is_shared_with_nobody(lea: User, max_: User) -> None:
    board = a_board(lea)
    assert (board.owner, board.is_shared, board.team) == (lea, False, None)
    assert not Dashboard.objects.visible_to(max_).exists()


def test_shared_with_a_team_it_is_seen_there_alone(lea: User, max_: User, otto: User, north: Team) -> None:
    board = a_board(lea, is_shared=True, team=north)
    assert list(Dashboard.objects.visible_to(max_)) == [board]
    assert not Dashboard.objects.visible_to(otto).exists()
    write_dashboard(dashboard=board, changes={"team": None}, by=lea, at=NOW)
    assert list(Dashboard.objects.visible_to(otto)) == [board]


def test_only_its_owner_shares_it_and_only_with_a_team_of_theirs(
    lea: User, max_: User, north: Team, south: Team
) -> None:
    board = a_board(lea, is_shared=True, team=north)
    with pytest.raises(ValidationError, match="Only the owner"):
        write_dashboard(dashboard=board, changes={"is_shared": False}, by=max_, at=NOW)
    with pytest.raises(ValidationError, match="team of yours"):
        write_dashboard(dashboard=board, changes={"team": south}, by=lea, at=NOW)
    write_dashboard(dashboard=board, changes={"name": "Tuesday"}, by=max_, at=NOW)
    assert Dashboard.objects.get().name == "Tuesday"


def test_a_stale_save_is_refused(lea: User) -> None:
    board = a_board(lea)
    with pytest.raises(StaleVersion):
        write_dashboard(dashboard=board, changes={"name": "x"}, by=lea, at=NOW, expected_version=7)


def test_tiles_are_put_into_an_order(lea: User) -> None:
    board = a_board(lea)
    one, two, three = (a_tile(board, lea) for _ in range(3))
    assert order(board) == [one.pk, two.pk, three.pk]
    arranged = arrange_tiles(dashboard=board, tiles=[three.pk, one.pk, two.pk], at=NOW)
    assert order(board) == [three.pk, one.pk, two.pk]
    assert arranged.version == 2


def test_an_order_that_is_not_just_its_tiles_is_refused(lea: User) -> None:
    board, other = a_board(lea), a_board(lea, "Other")
    one, two, elsewhere = a_tile(board, lea), a_tile(board, lea), a_tile(other, lea)
    for wrong in ([one.pk], [one.pk, one.pk], [one.pk, two.pk, elsewhere.pk], []):
        with pytest.raises(ValidationError, match="changed meanwhile"):
            arrange_tiles(dashboard=board, tiles=wrong, at=NOW)
    with pytest.raises(StaleVersion):
        arrange_tiles(dashboard=board, tiles=[two.pk, one.pk], at=NOW, expected_version=9)


def test_a_copy_is_ones_own_and_names_no_report_that_one_does_not_see(lea: User, max_: User, north: Team) -> None:
    board = a_board(lea, is_shared=True, team=north)
    hidden, shared = saved(lea), saved(lea, "trend", is_shared=True)
    for report, shape in ((hidden, "funnel"), (shared, "line")):
        a_tile(board, lea, "report", shape, report=report)
    a_tile(board, lea, "orders", "bar", days=90, width=4)
    copy = copy_dashboard(dashboard=board, by=max_, at=NOW)
    assert (copy.owner, copy.is_shared, copy.name) == (max_, False, "Monday (copy)")
    tiles = list(Tile.objects.filter(dashboard=copy).order_by("place"))
    assert [tile.report for tile in tiles] == [None, shared, None]
    assert (tiles[2].source, tiles[2].days, tiles[2].width) == ("orders", 90, 4)
    assert Tile.objects.filter(dashboard=board).count() == 3
