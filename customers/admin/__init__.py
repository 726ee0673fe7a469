from customers.admin import (
    access,
    catalogue,
    customers,
    exports,
    imports,
    interactions,
    jobs,
    orders,
    relations,
    tokens,
)

__all__ = [
    "access",
    "catalogue",
    "customers",
    "exports",
    "imports",
    "interactions",
    "jobs",
    "orders",
    "relations",
    "tokens",
]
