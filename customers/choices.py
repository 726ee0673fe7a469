"""The fixed vocabularies of this room. Codes are stored; labels are shown and translated."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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


class ImportState(models.TextChoices):
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class KeyPurpose(models.TextChoices):
    DATA = "data", _("Encrypts columns")
    INDEX = "index", _("Makes blind indexes")
