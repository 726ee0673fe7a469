import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.encryption.fields import EncryptedTextField


class IdempotencyKey(models.Model):
    """A POST that must happen once, however often it is sent: the key its client chose, a keyed hash of what it asked,
    and the first answer, encrypted, since it may hold personal data. Kept for a day."""

    # Known before the insert, because the ciphertext is bound to it.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("user"), related_name="idempotency_keys"
    )
    key = models.CharField(_("key"), max_length=255)
    fingerprint = models.CharField(max_length=32, editable=False)
    # Whoever works on the request holds the token; a claim that was left behind may be taken over.
    token = models.UUIDField(editable=False)
    claimed_at = models.DateTimeField(_("claimed at"))
    # Null while the first call is still at work.
    status = models.PositiveSmallIntegerField(_("status"), null=True)
    body = EncryptedTextField(null=True, editable=False)
    etag = models.CharField(max_length=32, blank=True, editable=False)

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once")]
        indexes = [
            # forgetting what is older than a day
            models.Index(fields=["claimed_at"], name="idempotency_key_claimed"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"
