from customers.admin import (
    access,
    catalogue,
    customers,
    duplicates,
    imports,
    interactions,
    merges,
    orders,
    relations,
    tokens,
)

__all__ = [
    "access",
    "catalogue",
    "customers",
    "duplicates",
    "imports",
    "interactions",
    "merges",
    "orders",
    "relations",
    "tokens",
]
