from customers.models.access import Team, User
from customers.models.api_token import ApiToken
from customers.models.customer import ContactPoint, Customer, ExternalId
from customers.models.data_key import DataKey
from customers.models.idempotency import IdempotencyKey
from customers.models.import_batch import ImportBatch
from customers.models.interaction import Interaction
from customers.models.observation import Observation
from customers.models.order import Category, Order, OrderLine, Product
from customers.models.relation import Relation, RelationType
from customers.models.versioned import Sourced, StaleVersion, Versioned

__all__ = [
    "ApiToken",
    "Category",
    "ContactPoint",
    "Customer",
    "DataKey",
    "ExternalId",
    "IdempotencyKey",
    "ImportBatch",
    "Interaction",
    "Observation",
    "Order",
    "OrderLine",
    "Product",
    "Relation",
    "RelationType",
    "Sourced",
    "StaleVersion",
    "Team",
    "User",
    "Versioned",
]
