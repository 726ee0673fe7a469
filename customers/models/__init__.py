from customers.models.access import Team, User
from customers.models.among import Among
from customers.models.api_token import ApiToken
from customers.models.attribute import AttributeDefinition, CustomAttribute
from customers.models.audit import AuditEntry, AuditSeal
from customers.models.audited import Audited
from customers.models.backup import Backup
from customers.models.consent import Consent
from customers.models.customer import ContactPoint, Customer, ExternalId, IdentifierKey
from customers.models.data_key import DataKey
from customers.models.duplicate import DuplicatePair, Merge
from customers.models.export import Export, PersonExport
from customers.models.idempotency import IdempotencyKey
from customers.models.import_batch import ImportBatch, ImportMapping, ImportRow, ImportStep
from customers.models.in_range import InRange
from customers.models.interaction import Interaction
from customers.models.job import Job
from customers.models.leased import FREE, Leased, LeaseLost
from customers.models.login import Authenticator, LoginLock, RecoveryCode, SsoIdentity
from customers.models.observation import Observation
from customers.models.order import Category, Order, OrderLine, Product
from customers.models.privacy import Erasure, PrivacyFlag, RetentionRule, RetentionRun
from customers.models.relation import Relation, RelationType
from customers.models.segment import Segment, Tag
from customers.models.session import Session, digest_of_key
from customers.models.versioned import Sourced, StaleVersion, Versioned
from customers.models.webhook import Webhook, WebhookAttempt, WebhookDelivery

__all__ = [
    "FREE",
    "Among",
    "ApiToken",
    "AttributeDefinition",
    "AuditEntry",
    "AuditSeal",
    "Audited",
    "Authenticator",
    "Backup",
    "Category",
    "Consent",
    "ContactPoint",
    "CustomAttribute",
    "Customer",
    "DataKey",
    "DuplicatePair",
    "Erasure",
    "Export",
    "ExternalId",
    "IdempotencyKey",
    "IdentifierKey",
    "ImportBatch",
    "ImportMapping",
    "ImportRow",
    "ImportStep",
    "InRange",
    "Interaction",
    "Job",
    "LeaseLost",
    "Leased",
    "LoginLock",
    "Merge",
    "Observation",
    "Order",
    "OrderLine",
    "PersonExport",
    "PrivacyFlag",
    "Product",
    "RecoveryCode",
    "Relation",
    "RelationType",
    "RetentionRule",
    "RetentionRun",
    "Segment",
    "Session",
    "Sourced",
    "SsoIdentity",
    "StaleVersion",
    "Tag",
    "Team",
    "User",
    "Versioned",
    "Webhook",
    "WebhookAttempt",
    "WebhookDelivery",
    "digest_of_key",
]
