"""Tiles: what they show, in a shape that fits."""

import pytest
from django.core.exceptions import ValidationError

from analytics.choices import TileShape, TileSource
from analytics.models import Dashboard, SavedReport, Tile
from analytics.operations.tile_shapes import shapes_of
from analytics.operations.write_tile import MOST_TILES, write_tile
from analytics.tests.admin.test_behaviour_reports import QUESTIONS, saved
from analytics.tests.boards import a_board, a_tile
from analytics.tests.boards import lea as lea
from analytics.tests.boards import max_ as max_
from customers.models import Category, Product, User
from customers.models.versioned import StaleVersion
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def board(lea: User) -> Dashboard:
    return a_board(lea)


@pytest.fixture
def pump(db: None) -> Product:
    return Product.objects.create(sku="P1", name="Pump", category=Category.objects.create(name="Pumps"))


@pytest.mark.parametrize("kind", QUESTIONS)
def test_a_report_is_drawn_in_the_shapes_that_fit_and_no_other(lea: User, board: Dashboard, kind: str) -> None:
    report = saved(lea, kind)
    fitting = shapes_of("report", report)
    for shape in TileShape:
        if shape in fitting:
            assert a_tile(board, lea, "report", shape, report=report).pk
        else:
            with pytest.raises(ValidationError, match="cannot be drawn as") as refused:
                a_tile(board, lea, "report", shape, report=report)
            assert list(refused.value.message_dict) == ["shape"]


def test_the_refusal_names_what_fits(lea: User, board: Dashboard) -> None:
    with pytest.raises(ValidationError) as refused:
        a_tile(board, lea, "targets", "line")
    assert refused.value.message_dict["shape"] == [
        "“Targets by queue” cannot be drawn as “Line”. Choose one of: “Heat map”, “Table”."
    ]


def test_without_a_shape_it_gets_the_usual_one(lea: User, board: Dashboard) -> None:
    assert a_tile(board, lea, "orders", "").shape == "bar"
    assert a_tile(board, lea, "report", "", report=saved(lea, "retention")).shape == "heat"


def test_what_it_shows_must_be_named_and_in_sight(lea: User, max_: User, pump: Product, board: Dashboard) -> None:
    hidden = saved(max_)
    for source, more, field in (
        ("report", {}, "report"),
        ("report", {"report": hidden}, "report"),
        ("forecast", {}, "product"),
    ):
        with pytest.raises(ValidationError) as refused:
            a_tile(board, lea, source, "number", **more)
        assert list(refused.value.message_dict) == [field]
    assert a_tile(board, lea, "forecast", "line", product=pump).product == pump


def test_a_dashboard_out_of_sight_gets_no_tile(board: Dashboard, max_: User) -> None:
    with pytest.raises(ValidationError, match="Choose a dashboard"):
        a_tile(board, max_)


def test_what_its_source_does_not_ask_for_is_left_out(lea: User, board: Dashboard, pump: Product) -> None:
    tile = a_tile(board, lea, "report", "number", report=saved(lea), product=pump)
    assert tile.product is None
    write_tile(tile=tile, changes={"source": TileSource.WAITING}, by=lea, at=NOW)
    tile.refresh_from_db()
    assert (tile.source, tile.report) == ("waiting", None)


def test_one_whose_report_is_gone_may_still_be_made_wider(lea: User, board: Dashboard) -> None:
    report = saved(lea)
    tile = a_tile(board, lea, "report", "funnel", report=report)
    SavedReport.objects.all().delete()
    write_tile(tile=tile, changes={"width": 4}, by=lea, at=NOW)
    assert Tile.objects.get().width == 4 and Tile.objects.get().report is None


def test_numbers_out_of_range_and_stale_saves_are_refused(lea: User, board: Dashboard) -> None:
    for wrong in ({"days": 0}, {"days": 9999}, {"width": 5}, {"shape": "pie"}, {"source": "x"}):
        with pytest.raises((ValidationError, KeyError, ValueError)):
            a_tile(board, lea, **{"source": "orders", "shape": "bar", **wrong})  # type: ignore[arg-type]
    tile = a_tile(board, lea)
    with pytest.raises(StaleVersion):
        write_tile(tile=tile, changes={"width": 1}, by=lea, at=NOW, expected_version=5)


def test_a_dashboard_has_so_many_tiles_and_no_more(lea: User, board: Dashboard) -> None:
    Tile.objects.bulk_create(Tile(dashboard=board, source="waiting", place=n) for n in range(MOST_TILES))
    with pytest.raises(ValidationError, match="at most 24"):
        a_tile(board, lea)
