"""The values of one custom attribute over all customers."""

from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F, Func, JSONField, QuerySet, Value

from customers.models import Customer
from customers.sql.attribute_value import path_of


class Without(Func):
    """A JSON object without one of its keys.

    SQL, because reading and writing the attributes of a million customers to take one key out of them would take
    minutes and would overwrite what others write meanwhile."""

    function = "JSON_REMOVE"
    output_field = JSONField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="(%(expressions)s)", arg_joiner=" - ", **extra)


def customers_with(code: str) -> QuerySet[Customer]:
    """The customers who have a value, whoever they belong to."""
    return Customer.objects.filter(attributes__has_key=code).order_by("pk")


def drop_values(code: str, *, at: datetime) -> int:
    """Take the values of an attribute out of all customers, in one statement. Returns how many had one."""
    key = code if connection.vendor == "postgresql" else path_of(code)
    without = Without(F("attributes"), Value(key))
    return customers_with(code).order_by().update(attributes=without, version=F("version") + 1, updated_at=at)
