import hashlib

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.querysets import AccountQuerySet

# What the data of a session says beside Django's own: written at the log-in, kept in columns by crm.sessions.
BEGUN, ADDRESS, BROWSER = "begun", "address", "browser"


def digest_of_key(key: str) -> str:
    """What is stored of a session's key: its SHA-256, as hex, so that a stolen copy of the database opens no session.
    The key is 165 random bits, so no salt is needed."""
    return hashlib.sha256(key.encode()).hexdigest()


class Session(AbstractBaseSession):
    """A browser in which somebody is logged in, or about to be. It is ended by deleting its row."""

    session_key = models.CharField(max_length=64, primary_key=True, editable=False)  # a digest, never the key itself
    # Null while nobody has logged in.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        verbose_name=_("user"),
        null=True,
        related_name="sessions",
        editable=False,
    )
    begun_at = models.DateTimeField(_("logged in"), null=True, editable=False)
    seen_at = models.DateTimeField(_("last seen"), editable=False)
    address = models.CharField(_("address"), max_length=45, blank=True, editable=False)
    browser = models.CharField(_("browser"), max_length=255, blank=True, editable=False)

    objects = AccountQuerySet["Session"].as_manager()  # type: ignore[assignment,misc]

    class Meta(AbstractBaseSession.Meta):
        abstract = False
        verbose_name = _("session")  # type: ignore[assignment]
        verbose_name_plural = _("sessions")  # type: ignore[assignment]
        ordering = ["-seen_at"]
        indexes = [
            # newest first: the list of an administrator
            models.Index(fields=["-seen_at"], name="session_seen"),
        ]

    def __str__(self) -> str:
        return self.session_key[:8]

    @classmethod
    def get_session_store_class(cls) -> type:
        """The engine of SESSION_ENGINE."""
        from importlib import import_module

        store: type = import_module(settings.SESSION_ENGINE).SessionStore
        return store
