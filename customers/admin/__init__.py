from customers.admin import (
    access,
    attributes,
    catalogue,
    customers,
    imports,
    interactions,
    orders,
    relations,
    segments,
    tags,
    tokens,
)

__all__ = [
    "access",
    "attributes",
    "catalogue",
    "customers",
    "imports",
    "interactions",
    "orders",
    "relations",
    "segments",
    "tags",
    "tokens",
]
