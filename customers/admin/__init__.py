from customers.admin import access, catalogue, consents, customers, imports, interactions, orders, relations, tokens

__all__ = ["access", "catalogue", "consents", "customers", "imports", "interactions", "orders", "relations", "tokens"]
