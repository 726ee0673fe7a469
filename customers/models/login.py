"""What stands between a password and a session: second steps, locks, and who somebody is elsewhere."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.audit.rows import AuditedQuerySet
from customers.choices import LockKind
from customers.encryption.fields import EncryptedTextField
from customers.models.audited import Audited


class Authenticator(Audited):
    """The app that shows somebody's codes (TOTP, RFC 6238). `next_secret` waits for its first code, so that a new
    phone replaces the old one only once it works."""

    # Known before the insert, because the ciphertext is bound to it.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("user"), related_name="authenticator"
    )
    secret = EncryptedTextField(null=True, editable=False)
    next_secret = EncryptedTextField(null=True, editable=False)
    confirmed_at = models.DateTimeField(_("set up at"), null=True, editable=False)
    # The step of 30 seconds whose code was taken last: no code is taken twice.
    last_step = models.PositiveBigIntegerField(default=0, editable=False)

    audit_leaves_out = frozenset({"last_step"})
    audit_hides = frozenset({"secret", "next_secret"})

    objects = AuditedQuerySet["Authenticator"].as_manager()

    class Meta:
        verbose_name = _("authenticator")
        verbose_name_plural = _("authenticators")

    def __str__(self) -> str:
        return str(self.pk)


class RecoveryCode(Audited):
    """Opens the second step once, for somebody whose phone is gone. Only its SHA-256 is kept."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("user"), related_name="recovery_codes"
    )
    digest = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(_("created at"))
    used_at = models.DateTimeField(_("used at"), null=True)

    audit_hides = frozenset({"digest"})

    objects = AuditedQuerySet["RecoveryCode"].as_manager()

    class Meta:
        verbose_name = _("recovery code")
        verbose_name_plural = _("recovery codes")
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_once")]

    def __str__(self) -> str:
        return str(self.pk)


class LoginLock(models.Model):
    """Log-ins that failed, counted by user name, by address and by second step, and until when no more are heard.

    `key` is the address, `user N` for somebody we know, or a keyed hash of a user name that we do not: what is typed
    there may be a password."""

    kind = models.CharField(_("counted by"), max_length=8, choices=LockKind)
    key = models.CharField(max_length=64, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("user"), null=True, related_name="login_locks"
    )
    failures = models.PositiveIntegerField(_("failures"), default=0)
    last_failed_at = models.DateTimeField(_("last failure"))
    locked_until = models.DateTimeField(_("locked until"), null=True)
    address = models.CharField(_("address"), max_length=45, blank=True)

    class Meta:
        verbose_name = _("log-in lock")
        verbose_name_plural = _("log-in locks")
        ordering = ["-last_failed_at"]
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="login_lock_once")]
        indexes = [
            # forgetting; the list of an administrator
            models.Index(fields=["-last_failed_at"], name="login_lock_last"),
        ]

    def __str__(self) -> str:
        if self.kind == LockKind.ADDRESS:
            return self.key
        return str(self.user) if self.user else str(_("unknown user name"))


class SsoIdentity(Audited):
    """Who somebody is at the sign-in service: its `sub`, which never changes, unlike names and addresses."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("user"), related_name="sso_identities"
    )
    issuer = models.CharField(_("issuer"), max_length=255)
    # 255 ASCII characters at most, says OpenID Connect. Hashed with its issuer: one index on every database.
    subject = models.CharField(_("subject"), max_length=255)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created at"))
    last_used_at = models.DateTimeField(_("last used at"))

    audit_leaves_out = frozenset({"last_used_at"})
    audit_hides = frozenset({"digest"})

    objects = AuditedQuerySet["SsoIdentity"].as_manager()

    class Meta:
        verbose_name = _("single sign-on identity")
        verbose_name_plural = _("single sign-on identities")
        constraints = [models.UniqueConstraint(fields=["user", "issuer"], name="sso_identity_once")]

    def __str__(self) -> str:
        return str(self.pk)
