from typing import Any

import pytest

from analytics.behaviour.views import is_interest, named_product, product_of


@pytest.mark.parametrize(
    "name",
    ["Product Viewed", "view_item", "viewItem", "$view", "add_to_cart", "Added to wish list", "浏览商品", "PDP", ""],
)
def test_most_events_that_name_a_product_are_interest(name: str) -> None:
    assert is_interest(name)


@pytest.mark.parametrize(
    "name",
    [
        *("purchase", "in_app_purchase", "Order Completed", "orderCompleted", "refund", "PURCHASE"),
        *("Product Removed", "remove_from_cart", "view_item_list", "Product List Viewed", "view_promotion"),
        *("item-impression", "itemImpression"),
    ],
)
def test_what_was_bought_taken_back_or_only_shown_is_none(name: str) -> None:
    assert not is_interest(name)


@pytest.mark.parametrize(
    ("properties", "product"),
    [
        ({"product_id": "A1"}, "A1"),
        ({"product_id": 42}, "42"),
        ({"product_id": 42.0}, "42"),
        ({"product_id": None, "sku": " B2 "}, "B2"),
        ({"product_id": "", "item_id": "C3"}, "C3"),
        ({"product": True, "sku": "B2"}, "B2"),
        ({"product": {"id": 7}}, ""),
        ({"items": [{"item_id": "D4"}]}, "D4"),
        ({"items": [{"item_name": "?", "sku": "D5"}]}, "D5"),
        ({"products": [{"product_id": "E5"}]}, "E5"),
        ({"product_id": "A1", "items": [{"item_id": "D4"}, {"item_id": "D5"}]}, "A1"),
        ({"items": [{"item_id": "D4"}, {"item_id": "D5"}]}, ""),
        ({"items": []}, ""),
        ({"items": "D4"}, ""),
        ({"page": "/tea"}, ""),
    ],
)
def test_an_event_names_one_product_or_none(properties: dict[str, Any], product: str) -> None:
    assert product_of(properties) == product


def test_what_a_database_writes_of_a_value_is_read_alike() -> None:
    for text in (None, "", "null", "true", "false", '{"id": 7}', "[1]"):
        assert named_product([text, "A1"]) == "A1"
    assert named_product(["42.0"]) == "42"
    assert named_product(["1.0.0"]) == "1.0.0"
