from collections.abc import Iterable

from customers.models import Customer


def lock_customers(*, customer_ids: Iterable[int]) -> None:
    """Lock customers in key order, in the caller's transaction. Verbs on rows of customers call it first of all: on
    MariaDB and PostgreSQL a row that is inserted locks its parents weakly, and two verbs that then want the strong lock
    of record_activity would wait for each other."""
    rows = Customer.objects.select_for_update().filter(pk__in=sorted(set(customer_ids)))
    list(rows.order_by("pk").values_list("pk", flat=True))
