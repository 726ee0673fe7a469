from django.db import connection

from analytics.models import CustomerValue
from customers.models import Customer

# column of the fifth -> what it goes by, and which end is the best
FIFTHS = {
    "recency_fifth": ("recency", "DESC"),
    "frequency_fifth": ("frequency", "ASC"),
    "monetary_fifth": ("monetary", "ASC"),
    "clv_fifth": ("clv", "ASC"),
}


def write_fifths() -> None:
    """Say of each customer in which fifth they are, 5 the best, among those of the same kind and currency. Customers
    with the same figure are in the same fifth, that of the first of them: a shop where half ordered once has no fifth
    of frequency 2.

    SQL, because ranks are of everybody: one pass of the database over the table, where here a million rows would have
    to be read, sorted and written back."""
    quote = connection.ops.quote_name
    table, customers = quote(CustomerValue._meta.db_table), quote(Customer._meta.db_table)
    ranks = ", ".join(f"{_fifth(column, order)} AS {name}" for name, (column, order) in FIFTHS.items())
    ranked = f"SELECT v.customer_id, {ranks} FROM {table} v JOIN {customers} c ON c.id = v.customer_id"  # noqa: S608 - ours
    if connection.vendor == "mysql":
        sets = ", ".join(f"t.{name} = ranked.{name}" for name in FIFTHS)
        statement = f"UPDATE {table} t JOIN ({ranked}) ranked ON ranked.customer_id = t.customer_id SET {sets}"  # noqa: S608
    else:
        sets = ", ".join(f"{name} = ranked.{name}" for name in FIFTHS)
        statement = (
            f"UPDATE {table} SET {sets} FROM ({ranked}) AS ranked "  # noqa: S608
            f"WHERE ranked.customer_id = {table}.customer_id"
        )
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _fifth(column: str, order: str) -> str:
    among = f"PARTITION BY c.kind, v.currency, v.{column} IS NULL"
    rank = f"FLOOR(5 * (RANK() OVER ({among} ORDER BY v.{column} {order}) - 1) / COUNT(*) OVER ({among}))"
    return f"CASE WHEN v.{column} IS NULL THEN NULL ELSE 1 + {rank} END"
