from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from services.models.mail import OutboundMail


class Enclosure(models.Model):
    """A file that goes along with a mail of our own, such as a report; files of a conversation are attachments. What
    is in it lies encrypted beside those, until the mail was sent."""

    mail = models.ForeignKey(OutboundMail, models.CASCADE, verbose_name=_("mail"), related_name="enclosures")
    name = models.CharField(_("file name"), max_length=255)
    content_type = models.CharField(_("content type"), max_length=100)
    size = models.PositiveIntegerField(_("size, bytes"))
    path = models.CharField(max_length=255, editable=False)  # below the folder of attachments; random
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("enclosed file")
        verbose_name_plural = _("enclosed files")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
