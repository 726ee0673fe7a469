"""The facts of this room, in the order in which they are offered."""

from customers.segments import identity, contact, labels, attributes, orders, interactions  # noqa: F401, I001
