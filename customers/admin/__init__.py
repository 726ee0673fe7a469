from customers.admin import access, catalogue, customers, imports, interactions, jobs, orders, relations, tokens

__all__ = ["access", "catalogue", "customers", "imports", "interactions", "jobs", "orders", "relations", "tokens"]
