"""Forms on the company's web site, and what came in by them."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.choices import OnMerge
from customers.encryption.fields import EncryptedTextField
from customers.models import Versioned
from customers.querysets import OpenCatalogueQuerySet
from services.choices import SubmissionState
from services.models.desk import Queue, ServiceType
from services.models.ticket import Ticket
from services.querysets import SubmissionQuerySet


class WebForm(Versioned):
    """A form that anybody may fill in, on a page of its own or inside a page of the company's web site; what is sent
    becomes a ticket. With `in_portal` the portal opens tickets by it too."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    slug = models.SlugField(_("address"), max_length=60, unique=True, help_text=_("The last part of its address."))
    queue = models.ForeignKey(Queue, models.PROTECT, verbose_name=_("queue"), related_name="web_forms")
    service_type = models.ForeignKey(
        ServiceType, models.PROTECT, verbose_name=_("service type"), null=True, blank=True, related_name="+"
    )
    title = models.CharField(
        _("heading"), max_length=120, blank=True, help_text=_("Empty: “Write to us”, in the reader's language.")
    )
    intro = models.TextField(_("text above the form"), blank=True, max_length=2000)
    asks_name = models.BooleanField(_("ask for the name"), default=True)
    asks_subject = models.BooleanField(_("ask for a subject"), default=True)
    asks_phone = models.BooleanField(_("ask for a phone number"), default=False, help_text=_("It may be left empty."))
    takes_files = models.BooleanField(_("take files"), default=True)
    languages = models.JSONField(
        _("languages"), default=list, blank=True, help_text=_("None chosen: all that Candid speaks.")
    )
    origins = models.JSONField(
        _("web sites that may show it"),
        default=list,
        blank=True,
        help_text=_("One a line, such as https://www.example.com. No other site may put the form into its pages."),
    )
    in_portal = models.BooleanField(
        _("also in the portal"), default=False, help_text=_("Customers who are logged in open tickets by it.")
    )
    is_active = models.BooleanField(_("active"), default=True)

    objects = OpenCatalogueQuerySet["WebForm"].as_manager()

    class Meta:
        verbose_name = _("web form")
        verbose_name_plural = _("web forms")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class WebFormSubmission(models.Model):
    """What somebody sent by a form. Kept before anything is made of it; once it is a ticket, its texts stand there and
    are emptied here. One that looks like spam is held until a person lets it through or throws it away."""

    # Known before the insert, because the ciphertext is bound to it.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    form = models.ForeignKey(WebForm, models.PROTECT, verbose_name=_("web form"), related_name="submissions")
    # SHA-256 of the key that the page was given and of all that was typed: sent twice, it is one.
    identity = models.CharField(max_length=64, unique=True, editable=False)
    received_at = models.DateTimeField(_("came in"))
    language = models.CharField(_("language"), max_length=12, blank=True)
    email = EncryptedTextField(_("e-mail"), null=True)
    name = EncryptedTextField(_("name"), null=True)
    phone = EncryptedTextField(_("phone"), null=True)
    subject = EncryptedTextField(_("subject"), null=True)
    body = EncryptedTextField(_("text"), null=True)
    # Keyed hashes: of the e-mail address, of the text, of the address on the network.
    email_index = models.CharField(max_length=32, editable=False)
    text_index = models.CharField(max_length=32, editable=False)
    origin_index = models.CharField(max_length=32, blank=True, editable=False)

    state = models.CharField(_("state"), max_length=9, choices=SubmissionState, default=SubmissionState.WAITING)
    score = models.PositiveSmallIntegerField(_("spam points"), default=0)
    reasons = models.JSONField(_("reasons"), default=list, blank=True)  # codes of services.triage.spam
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    ticket = models.ForeignKey(
        Ticket, models.SET_NULL, verbose_name=_("ticket"), null=True, editable=False, related_name="submissions"
    )
    customer = models.ForeignKey(
        "customers.Customer", models.CASCADE, verbose_name=_("customer"), null=True, editable=False, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("decided by"), null=True, related_name="+"
    )

    on_merge = {"customer": OnMerge.MOVE}

    objects = SubmissionQuerySet["WebFormSubmission"].as_manager()

    class Meta:
        verbose_name = _("form submission")
        verbose_name_plural = _("form submissions")
        ordering = ["-received_at", "-id"]
        indexes = [
            # the list, and what retention takes
            models.Index(fields=["-received_at", "-id"], name="submission_newest"),
            # what waits
            models.Index(fields=["state", "received_at"], name="submission_state"),
            # the same text of late
            models.Index(fields=["text_index", "received_at"], name="submission_text"),
            # how many of one address of late
            models.Index(fields=["origin_index", "received_at"], name="submission_origin"),
            # an erasure
            models.Index(fields=["email_index"], name="submission_email"),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.received_at:%Y-%m-%d %H:%M}"


class WebFormFile(models.Model):
    """A file of a submission that is no ticket yet; then it is an attachment."""

    submission = models.ForeignKey(WebFormSubmission, models.CASCADE, related_name="files")
    name = models.CharField(_("file name"), max_length=255)
    content_type = models.CharField(_("content type"), max_length=100)
    size = models.PositiveIntegerField(_("size, bytes"))
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=255, editable=False)  # below the folder of attachments; random

    class Meta:
        verbose_name = _("file of a submission")
        verbose_name_plural = _("files of submissions")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
