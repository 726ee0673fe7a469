"""What this room can import. Called once a process, when the app is ready."""

from customers.importers.candid import register_candid
from customers.importers.contents.customers import CustomerContent
from customers.importers.contents.interactions import InteractionContent
from customers.importers.contents.relations import RelationContent
from customers.importers.dynamics import register_dynamics
from customers.importers.mapping.content import register_content
from customers.importers.online_retail import register_online_retail
from customers.importers.salesforce import register_salesforce
from customers.importers.sugar import register_sugar


def register_imports() -> None:
    """Make contents and formats known."""
    for content in CustomerContent(), RelationContent(), InteractionContent():
        register_content(content)
    register_candid()
    register_salesforce()
    register_dynamics()
    register_sugar()
    register_online_retail()
