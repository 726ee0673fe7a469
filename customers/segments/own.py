"""The facts of this room, in the order in which they are offered."""

# ruff: noqa: F401, I001 - imported for their effect, in their order
from customers.segments import identity
from customers.segments import contact
from customers.segments import labels
from customers.segments import attributes
from customers.segments import orders
from customers.segments import interactions
