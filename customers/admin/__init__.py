from customers.admin import (
    access,
    catalogue,
    consents,
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
    "consents",
    "customers",
    "duplicates",
    "imports",
    "interactions",
    "merges",
    "orders",
    "relations",
    "tokens",
]
