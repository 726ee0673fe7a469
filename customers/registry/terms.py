"""The vocabulary of the register of personal data."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.choices import RetentionKind


class Pii(models.TextChoices):
    """What a column holds of a person."""

    NONE = "none", _("nothing personal")
    DIRECT = "direct", _("direct")
    INDIRECT = "indirect", _("indirect")
    FREE = "free", _("free text")
    STAFF = "staff", _("of staff")


class OnErasure(models.TextChoices):
    """What an erasure makes of a column."""

    NOTHING = "nothing", _("nothing")
    NULL = "null", _("emptied (null)")
    EMPTY = "empty", _("emptied")
    TOMBSTONE = "tombstone", _("replaced by a tombstone")
    DELETE = "delete", _("deleted with its row")
    DERIVED = "derived", _("computed anew")
    REDACT = "redact", _("looked through, and taken out where it stands")
    KEEP = "keep", _("kept")


class Purpose(models.TextChoices):
    """What data is processed for, and on what basis (GDPR art. 6(1); PIPL art. 13)."""

    SERVE = "serve", _("To know customers and serve them (contract: GDPR 6(1)(b), PIPL 13(2))")
    SELL = "sell", _("To fulfil and account for orders (contract, law: GDPR 6(1)(b)(c), PIPL 13(2)(3))")
    DESK = "desk", _("To answer what customers ask (contract: GDPR 6(1)(b), PIPL 13(2))")
    CONSENT = "consent", _("To prove what customers allowed or objected to (law: GDPR 7(1), PIPL 14)")
    PROFILE = "profile", _("To see who is dissatisfied and what they want (legitimate interest: GDPR 6(1)(f), 21)")
    RIGHTS = "rights", _("To answer the rights of persons (law: GDPR 12 to 22, PIPL 44 to 50)")
    BRING = "bring", _("To bring customers in and hand lists out (contract: GDPR 6(1)(b))")
    STAFF = "staff", _("To let staff work and know who did what (GDPR 6(1)(f), 32; PIPL 51)")
    RUN = "run", _("To run the system (no personal data)")


class Retention(models.TextChoices):
    """For how long data is kept."""

    CUSTOMER = "customer", _("until the customer is erased")
    BOOKS = "books", _("as long as books of account are kept; without the person after an erasure")
    FIGURES = "figures", _("without the person after an erasure")
    PROOF = "proof", _("as long as it may have to be proved")
    NIGHT = "night", _("until the next run")
    DAY = "day", _("a day")
    DAYS = "days", _("a few days")
    DELIVERIES = "deliveries", _("30 days, or what CRM_WEBHOOK_LOG_DAYS says")
    USE = "use", _("as long as it is in use")
    TEXTS = RetentionKind.TICKET_TEXTS, _("by the retention rule for texts of tickets")
    INTERACTIONS = RetentionKind.INTERACTIONS, _("by the retention rule for interactions")
    IMPORTS = RetentionKind.IMPORTS, _("by the retention rule for rows of imports")
    SNAPSHOTS = RetentionKind.SNAPSHOTS, _("by the retention rule for old scores")
    JOBS = RetentionKind.JOBS, _("by the retention rule for jobs")
    LOG = RetentionKind.LOG, _("by the retention rule for the log of the admin")
    SESSIONS = RetentionKind.SESSIONS, _("until they end, and by the retention rule for sessions")
    WEB_FORMS = RetentionKind.WEB_FORMS, _("by the retention rule for web forms")
    EVENTS = RetentionKind.EVENTS, _("by the retention rule for behaviour events")


BOOKS = _("Books of account must be kept (GDPR art. 17(3)(b), PIPL art. 47).")
FIGURES = _("A figure or a date, of nobody once the person is erased; sums stay true.")
EVIDENCE = _("What was measured: the evidence of scores and service figures, without the person.")
PROOF = _("Proof of what was said and done (GDPR art. 5(2), 7(1), 17(3)(e)).")
LINK = _("Leads to the tombstone.")
