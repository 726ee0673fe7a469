"""The fixed vocabularies of this room. Codes are stored; labels are shown and translated."""

from enum import Enum

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CustomerKind(models.TextChoices):
    PERSON = "person", _("Person")
    ORGANISATION = "organisation", _("Organisation")


class ContactKind(models.TextChoices):
    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Phone")
    MESSENGER = "messenger", _("Messenger")
    ADDRESS = "address", _("Address")


class InteractionKind(models.TextChoices):
    CALL = "call", _("Call")
    MEETING = "meeting", _("Meeting")
    VISIT = "visit", _("Visit")
    CAMPAIGN = "campaign", _("Campaign")
    NOTE = "note", _("Note")


class Direction(models.TextChoices):
    INBOUND = "inbound", _("Inbound")
    OUTBOUND = "outbound", _("Outbound")


class OrderStatus(models.TextChoices):
    PLACED = "placed", _("Placed")
    SHIPPED = "shipped", _("Shipped")
    DELIVERED = "delivered", _("Delivered")
    CANCELLED = "cancelled", _("Cancelled")
    RETURNED = "returned", _("Returned")


ON_THE_WAY = (OrderStatus.PLACED, OrderStatus.SHIPPED)
"""The order is still to come."""


class Factor(models.IntegerChoices):
    """The four factors of satisfaction. Codes equal analytics.scoring.facts.FactorCode (a test compares them)."""

    QUALITY = 1, _("Quality")
    RELIABILITY = 2, _("Reliability")
    RESPONSIVENESS = 3, _("Responsiveness")
    PRICE = 4, _("Price")


class Measure(models.IntegerChoices):
    """How an observation was measured. Codes equal analytics.scoring.facts.MeasureCode."""

    CSAT = 1, _("CSAT rating, 1 to 5")
    REVIEW = 2, _("Review, 1 to 5")
    NPS = 3, _("Net promoter score, 0 to 10")
    CES = 4, _("Customer effort score, 1 to 7")
    DEFECT = 5, _("Return for a defect")
    PROMISES = 6, _("Promises kept")
    REPLY = 7, _("Time to reply")
    PRICE = 8, _("Price paid")


class SubjectType(models.TextChoices):
    """The kind of row behind an observation: what a score opens into."""

    TICKET = "ticket", _("Ticket")
    RATING = "rating", _("Rating")
    ORDER = "order", _("Order")


class LeaseState(models.TextChoices):
    """Of work that one worker at a time leases."""

    TODO = "todo", _("To do")
    LEASED = "leased", _("Being worked on")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    STOPPED = "stopped", _("Stopped")  # by a person


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", _("To be mapped")
    CHECKING = "checking", _("Being checked")  # a rehearsal: nothing is written
    CHECKED = "checked", _("Checked")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")


class Outcome(models.TextChoices):
    """What became of one row of an import."""

    CREATED = "created", _("Created")
    UPDATED = "updated", _("Updated")
    UNCHANGED = "unchanged", _("Unchanged")
    DUPLICATE = "duplicate", _("Duplicate")
    REFUSED = "refused", _("Refused")


class OnDuplicate(models.TextChoices):
    """What an import does with a new row that looks like a customer who is here already."""

    CREATE = "create", _("Create it, and put the pair into the review queue")
    UPDATE = "update", _("Take it for the customer who is here, and update them")
    SKIP = "skip", _("Leave it out")


class AttributeType(models.TextChoices):
    TEXT = "text", pgettext_lazy("attribute type", "Text")
    NUMBER = "number", pgettext_lazy("attribute type", "Number")
    DATE = "date", _("Date")
    YES_NO = "yes_no", _("Yes or no")
    CHOICE = "choice", _("One of a list")


class MatchingUse(models.TextChoices):
    """What an attribute says when two customers are compared."""

    NONE = "none", _("Nothing")
    IDENTIFIER = "identifier", _("Names one customer alone, like a tax number")
    BIRTH_DATE = "birth_date", _("Date of birth")


class TagColour(models.TextChoices):
    GREY = "grey", _("Grey")
    TEAL = "fair", _("Teal")
    GREEN = "good", _("Green")
    AMBER = "warn", _("Amber")
    RED = "bad", _("Red")


class ConsentPurpose(models.TextChoices):
    MARKETING = "marketing", _("Marketing")
    SURVEY = "survey", _("Surveys")
    PROFILING = "profiling", _("Profiling")
    SERVICE = "service", _("Service messages")


class ConsentChannel(models.TextChoices):
    ANY = "any", _("Any channel")
    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Phone")
    MESSENGER = "messenger", _("Messenger")
    POST = "post", _("Post")


class PairState(models.TextChoices):
    """Of two customers who may be one."""

    OPEN = "open", _("To be reviewed")
    MERGED = "merged", _("Merged")
    DISMISSED = "dismissed", _("Not the same")


class PairSource(models.TextChoices):
    ENTRY = "entry", _("On entry")
    IMPORT = "import", _("By an import")
    SWEEP = "sweep", _("By the nightly sweep")


class OnMerge(Enum):
    """What becomes of the rows that refer to a customer who is merged into another; nothing of it is stored.

    A model says it of each of its foreign keys to Customer: `on_merge = {"customer": OnMerge.MOVE}`. Nobody is merged
    while one says nothing (customers.operations.customer_links)."""

    MOVE = "move"  # they go over; those that cannot, because the same stands there already, are kept in the Merge
    APART = "apart"  # they go over by a step of their own
    STAY = "stay"  # they remain with the one who is gone: their history
    FORGET = "forget"  # they are deleted: the next sweep computes them anew


class ExportFormat(models.TextChoices):
    CSV = "csv", "CSV"
    XLSX = "xlsx", "XLSX"
    ZIP = "zip", "ZIP"  # of everything known of one person


LIST_FORMATS = (ExportFormat.CSV, ExportFormat.XLSX)
"""What a list is written as."""


class PrivacyFlagKind(models.TextChoices):
    RESTRICTION = "restriction", _("Restriction of processing")
    PROFILING = "profiling", _("Objection to profiling")
    HOLD = "hold", _("Legal hold")


class ErasureState(models.TextChoices):
    ASKED = "asked", _("Asked for")
    DONE = "done", _("Erased")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class RetentionKind(models.TextChoices):
    """What a retention rule is about."""

    TICKET_TEXTS = "ticket_texts", _("Texts and files of solved tickets")
    INTERACTIONS = "interactions", _("Texts of interactions")
    IMPORTS = "imports", _("Rows of imports, and what undoes them")
    SNAPSHOTS = "snapshots", _("Old scores")
    JOBS = "jobs", _("Jobs that have ended")
    LOG = "log", _("Log of the admin")
    SESSIONS = "sessions", _("Sessions of staff that have ended")
    WEB_FORMS = "web_forms", _("What came in by web forms")
    EVENTS = "events", _("Behaviour events")


class KeyPurpose(models.TextChoices):
    DATA = "data", _("Encrypts columns")
    INDEX = "index", _("Makes blind indexes")
    AUDIT = "audit", _("Signs the audit record")


class LockKind(models.TextChoices):
    """By what failed log-ins are counted."""

    NAME = "name", _("User name")
    ADDRESS = "address", _("Address")
    CODE = "code", _("Second step")


class Area(models.TextChoices):
    """What an API token may be limited to: `tickets:read`. The codes are the names of scopes."""

    CUSTOMERS = "customers", _("Customers, relations, segments, interactions and consents")
    ORDERS = "orders", _("Orders, products and categories")
    TICKETS = "tickets", _("Tickets and the service desk")
    SCORES = "scores", _("Scores, preferences and reports on them")
    DATA = "data", _("Imports, exports, webhooks and channels")
    ACCOUNT = "account", _("One’s own tokens and sessions")


class Level(models.TextChoices):
    READ = "read", pgettext_lazy("scope", "Read")
    WRITE = "write", pgettext_lazy("scope", "Write")


class AuditKind(models.TextChoices):
    """What was done to a row."""

    ADDED = "added", _("Added")
    CHANGED = "changed", _("Changed")
    REMOVED = "removed", _("Removed")
    EXPORTED = "exported", _("Exported")
    DONE = "done", _("Done")  # a verb that changes no column of its row
    FORGOTTEN = "forgotten", _("Values made unreadable")


class AuditChannel(models.TextChoices):
    """Through which door it came."""

    ADMIN = "admin", _("Pages")
    API = "api", _("API")
    LINK = "link", _("Link for customers")
    JOB = "job", _("Job")
    COMMAND = "command", _("Command")
    SYSTEM = "system", _("The system itself")


class WebhookKind(models.TextChoices):
    EVENTS = "events", _("What happens here, to a program")
    CHANNEL = "channel", _("Messages of a channel")  # belongs to what sends them
