"""Which events are views of a product, and which product that is (docs/guides/events.md, "Views of products")."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

# Properties that name a product, in the order in which they are believed.
NAMES = ("product_id", "product_sku", "sku", "productId", "item_id", "product")
# Lists of products, and what names one in them. A list of several is a list: nobody looked at one of them.
LISTS = {"items": ("item_id", "product_id", "sku"), "products": ("product_id", "sku", "item_id")}
# What tells of an event that it is no interest: what was bought is told by the order, what was taken back is its
# contrary, and what was only shown was not looked at. Words of the name, whatever stands between them.
NO_INTEREST = frozenset(
    """
    purchase purchased order ordered bought sale sold transaction payment paid invoice shipped delivered
    refund refunded return returned remove removed delete deleted cancel cancelled canceled
    impression impressions list promotion
    """.split()  # noqa: SIM905
)
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_WISH_LIST = re.compile(r"wish[\W_]*list", re.IGNORECASE)


@lru_cache(maxsize=4096)
def is_interest(name: str) -> bool:
    """Whether an event of this name says, where it names a product, that somebody is interested in it."""
    words = _WORDS.findall(_WISH_LIST.sub("wishes", name))
    return NO_INTEREST.isdisjoint(word.lower() for word in words)


def named_product(found: Iterable[object]) -> str:
    """The first of these values that names anything, as text; truth, nothing and what holds other values name none."""
    for value in found:
        text = _text(value)
        if text:
            return text
    return ""


def product_of(properties: Mapping[str, Any]) -> str:
    """What an event calls the product that it is about; empty where it names none, or several. As the database reads it
    (sql.product_views), for one event at a time."""
    found: list[object] = [properties.get(name) for name in NAMES]
    for name, keys in LISTS.items():
        listed = properties.get(name)
        if isinstance(listed, list) and len(listed) == 1 and isinstance(listed[0], Mapping):
            found += [listed[0].get(key) for key in keys]
    return named_product(found)


def _text(value: object) -> str:
    """Alike for a value of JSON and for what a database writes of it."""
    if value is None or isinstance(value, bool | dict | list):
        return ""
    text = str(value).strip()
    if text in ("null", "true", "false") or text.startswith(("{", "[")):
        return ""
    return text.removesuffix(".0") if text.removesuffix(".0").isdigit() else text
