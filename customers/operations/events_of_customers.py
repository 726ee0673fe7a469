"""What happens to customers that webhooks can be told of."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.operations.webhook_events import Event, register_event

PATH = "customers/{id}/"
CREATED = Event("customer.created", _("Customer created"), "customer", PATH)
UPDATED = Event("customer.updated", _("Customer changed"), "customer", PATH)
MERGED = Event("customer.merged", _("Customer merged"), "customer", PATH)
ERASED = Event("customer.erased", _("Person erased"), "customer", PATH)


def register_events_of_customers() -> None:
    """Called once a process, when the app is ready."""
    for event in (CREATED, UPDATED, MERGED, ERASED):
        register_event(event)


def told_of(customer: Customer) -> dict[str, Any]:
    """What goes out of a customer: nothing that says who it is."""
    return {"kind": customer.kind, "team": customer.team_id, "version": customer.version}
