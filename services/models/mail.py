"""Mailboxes, the mail that leaves through them, and the ids by which an answer finds its conversation."""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.choices import LeaseState, OnMerge
from customers.encryption.fields import EncryptedTextField
from customers.models import Leased, Versioned
from customers.querysets import OpenCatalogueQuerySet
from services.choices import FetchMethod, MailLogin, MailPurpose, MailSecurity
from services.models.desk import Queue
from services.models.ticket import Message, Ticket
from services.querysets import OfTicketQuerySet, OutboundMailQuerySet

PORTS = [MinValueValidator(1), MaxValueValidator(65535)]


class Mailbox(Versioned):
    """An address of ours: where its mail is fetched from, where it is sent through, and whose tickets it makes.

    People edit all but the columns of progress, which the loops write by `update`, past the version."""

    # Known before the insert, because the secrets are bound to it.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=100, unique=True)
    address = models.EmailField(_("address"), max_length=200, unique=True)
    sender_name = models.CharField(
        _("sender name"), max_length=100, blank=True, help_text=_("What stands before the address: your company.")
    )
    names_agent = models.BooleanField(
        _("name the agent"), default=False, help_text=_("A reply is from “Bob (Company)”, not from “Company”.")
    )
    queue = models.ForeignKey(Queue, models.PROTECT, verbose_name=_("queue"), related_name="mailboxes")
    is_default = models.BooleanField(
        _("default"), default=False, help_text=_("Also answers for queues that have no mailbox of their own.")
    )
    language = models.CharField(
        _("language"), max_length=12, blank=True, help_text=_("Of automatic mail to whoever has no language on record.")
    )
    is_active = models.BooleanField(_("active"), default=True)
    acknowledges = models.BooleanField(
        _("acknowledge new tickets"), default=True, help_text=_("By an automatic mail with the number of the ticket.")
    )
    quotes = models.BooleanField(
        _("quote what is answered"), default=True, help_text=_("The customer's last message stands below the reply.")
    )

    login = models.CharField(_("log in by"), max_length=8, choices=MailLogin, default=MailLogin.PASSWORD)
    token_url = models.CharField(
        _("token address"), max_length=255, blank=True, validators=[URLValidator(schemes=["https", "http"])]
    )
    client_id = models.CharField(_("client id"), max_length=255, blank=True)
    client_secret = EncryptedTextField(_("client secret"), null=True, blank=True)
    refresh_token = EncryptedTextField(_("refresh token"), null=True, blank=True)
    oauth_scope = models.CharField(_("scope"), max_length=255, blank=True)

    fetch_method = models.CharField(_("fetch by"), max_length=4, choices=FetchMethod, default=FetchMethod.NONE)
    fetch_host = models.CharField(_("IMAP server"), max_length=255, blank=True)
    fetch_port = models.PositiveIntegerField(_("IMAP port"), default=993, validators=PORTS)
    fetch_security = models.CharField(_("IMAP security"), max_length=8, choices=MailSecurity, default=MailSecurity.TLS)
    fetch_user = models.CharField(_("IMAP user"), max_length=255, blank=True)
    fetch_secret = EncryptedTextField(_("IMAP password"), null=True, blank=True)
    fetch_folder = models.CharField(_("IMAP folder"), max_length=255, default="INBOX")

    # Without a server nothing is sent.
    send_host = models.CharField(_("SMTP server"), max_length=255, blank=True)
    send_port = models.PositiveIntegerField(_("SMTP port"), default=587, validators=PORTS)
    send_security = models.CharField(
        _("SMTP security"), max_length=8, choices=MailSecurity, default=MailSecurity.STARTTLS
    )
    send_user = models.CharField(
        _("SMTP user"), max_length=255, blank=True, help_text=_("Empty: the server asks for no log-in.")
    )
    send_secret = EncryptedTextField(_("SMTP password"), null=True, blank=True)

    # The token by which both log in, until it expires.
    access_token = EncryptedTextField(null=True, editable=False)
    access_expires_at = models.DateTimeField(null=True, editable=False)

    # Progress of fetching: which messages of the folder are known, and who fetches now.
    uid_validity = models.BigIntegerField(null=True, editable=False)
    last_uid = models.BigIntegerField(default=0, editable=False)
    fetched_at = models.DateTimeField(_("last fetched"), null=True, editable=False)
    fetch_error = models.CharField(_("why fetching fails"), max_length=255, blank=True, editable=False)
    fetch_failures = models.PositiveSmallIntegerField(default=0, editable=False)
    fetch_due_at = models.DateTimeField(null=True, editable=False)
    fetch_token = models.UUIDField(null=True, editable=False)
    fetch_lease_until = models.DateTimeField(null=True, editable=False)

    # Progress of sending: while it is paused, its mail waits.
    sent_at = models.DateTimeField(_("last sent"), null=True, editable=False)
    send_error = models.CharField(_("why sending fails"), max_length=255, blank=True, editable=False)
    send_failures = models.PositiveSmallIntegerField(default=0, editable=False)
    send_paused_until = models.DateTimeField(null=True, editable=False)

    SECRETS = ("client_secret", "refresh_token", "fetch_secret", "send_secret")
    PROGRESS = (
        *("access_token", "access_expires_at", "uid_validity", "last_uid"),
        *("fetched_at", "fetch_error", "fetch_failures", "fetch_due_at", "fetch_token", "fetch_lease_until"),
        *("sent_at", "send_error", "send_failures", "send_paused_until"),
    )
    audit_hides = frozenset(SECRETS)
    audit_leaves_out = frozenset(PROGRESS)

    objects = OpenCatalogueQuerySet["Mailbox"].as_manager()

    class Meta:
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def domain(self) -> str:
        """What stands behind the @."""
        return self.address.rpartition("@")[2]


class OutboundMail(Leased):
    """A mail that is to be sent, was sent, or could not be. Written in the transaction of what it tells; delivered by
    a loop that leases it (services.operations.deliver_mail).

    Its Message-ID is fixed when the row is written: a second try after a crash is the same mail. Whom it goes to and
    what it says may be emptied when that is not needed any more; the row stays."""

    # The first try and five more: after 1, 5 and 30 minutes, 2 and 8 hours.
    most_attempts = 6
    # How the key of a mail begins that tells what was not read in a chat.
    OF_CHAT = "chat:"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # What it is about and when, so that nothing is told twice: `reply:MESSAGE`, `ack:TICKET` ...
    key = models.CharField(max_length=128, unique=True, editable=False)
    mailbox = models.ForeignKey(Mailbox, models.PROTECT, verbose_name=_("mailbox"), related_name="mails")
    purpose = models.CharField(_("purpose"), max_length=16, choices=MailPurpose)
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, verbose_name=_("customer"), null=True, blank=True, related_name="+"
    )
    # A colleague, where it is no customer's.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("colleague"), null=True, blank=True, related_name="+"
    )
    message = models.OneToOneField(
        Message, models.CASCADE, verbose_name=_("message"), null=True, blank=True, related_name="mail"
    )
    recipient = EncryptedTextField(_("to"), null=True)
    # Of the address: who was written to, and when.
    recipient_index = models.CharField(max_length=32, editable=False)
    sender_name = models.CharField(_("from"), max_length=200, blank=True)
    subject = EncryptedTextField(_("subject"), null=True)
    body = EncryptedTextField(_("text"), null=True)
    is_automatic = models.BooleanField(_("automatic"), default=False)
    # Our Message-ID, with its angle brackets.
    internet_id = models.CharField(max_length=255, unique=True, editable=False)
    in_reply_to = EncryptedTextField(null=True, editable=False)
    references = EncryptedTextField(null=True, editable=False)
    written_at = models.DateTimeField(_("written at"))
    due_at = models.DateTimeField(_("due"))
    sent_at = models.DateTimeField(_("sent at"), null=True)
    # Why it was not sent, or not yet: a code of services.operations.mail_problems; of SMTP `550 5.1.1`.
    problem = models.CharField(_("problem"), max_length=255, blank=True)
    bounced_at = models.DateTimeField(_("came back at"), null=True)

    on_merge = {"customer": OnMerge.MOVE}

    objects = OutboundMailQuerySet["OutboundMail"].as_manager()

    class Meta:
        verbose_name = _("outbound mail")
        verbose_name_plural = _("outbound mail")
        ordering = ["-written_at", "-id"]
        indexes = [
            # the next that is due
            models.Index(fields=["state", "due_at"], name="outbound_mail_due"),
            # the list
            models.Index(fields=["-written_at", "-id"], name="outbound_mail_newest"),
            # what an address was sent by itself, and when
            models.Index(fields=["recipient_index", "written_at"], name="outbound_mail_recipient"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=LeaseState.DONE) | Q(sent_at__isnull=False), name="outbound_mail_sent_at"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.written_at:%Y-%m-%d}"


class MailTemplate(Versioned):
    """How mail of one kind reads in one language. Where there is none, the words that come with Candid are used."""

    event = models.CharField(_("for"), max_length=16, choices=MailPurpose)
    language = models.CharField(_("language"), max_length=12)
    subject = models.CharField(_("subject"), max_length=200, blank=True, help_text=_("Empty: as it comes."))
    body = models.TextField(_("text"))
    is_active = models.BooleanField(_("active"), default=True)

    objects = OpenCatalogueQuerySet["MailTemplate"].as_manager()

    class Meta:
        verbose_name = _("mail template")
        verbose_name_plural = _("mail templates")
        ordering = ["event", "language"]
        constraints = [models.UniqueConstraint(fields=["event", "language"], name="mail_template_once")]

    def __str__(self) -> str:
        return f"{self.get_event_display()} ({self.language})"


class MailId(models.Model):
    """One mail of a conversation, ours or the customer's, by its Message-ID: how an answer finds its ticket, and how
    a mail that came twice is known. `message` may move to another ticket: where there is one, its ticket is the one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # SHA-256 of the Message-ID between its angle brackets; see services.operations.note_mail_id.
    digest = models.CharField(max_length=64, unique=True, editable=False)
    # The Message-ID itself with its angle brackets, which an answer names in In-Reply-To and References.
    value = EncryptedTextField(editable=False)
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="mail_ids")
    message = models.ForeignKey(Message, models.CASCADE, null=True, related_name="mail_ids")
    is_ours = models.BooleanField(default=False)
    # Through which it came or went: the next answer goes through it as well.
    mailbox = models.ForeignKey(Mailbox, models.PROTECT, null=True, related_name="+")
    # Of the customer's mail: the address that it came from; the next answer goes there.
    address = EncryptedTextField(null=True, editable=False)
    at = models.DateTimeField()

    objects = OfTicketQuerySet["MailId"].as_manager()

    class Meta:
        verbose_name = _("mail of a ticket")
        verbose_name_plural = _("mail of tickets")
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return self.digest[:12]
