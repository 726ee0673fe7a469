"""What is known of the backups that lie in CRM_BACKUP_DIR. The folder is the truth: these rows repeat it for whoever
asks on another machine."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.querysets import BackupQuerySet


class Backup(models.Model):
    """One backup: a copy of the database and of the files beside it, encrypted.

    It is good once a worker restored it into a new database that had the same contents (`verified_at`); `problem` says
    what was found instead. `bytes` is what it takes on the disk by itself, `file_bytes` what its files hold, of which
    each is stored once for all backups."""

    name = models.CharField(_("name"), max_length=40, unique=True)
    taken_at = models.DateTimeField(_("taken at"))
    server = models.CharField(_("database"), max_length=80)
    tables = models.PositiveIntegerField(_("tables"), default=0)
    rows = models.PositiveBigIntegerField(_("rows"), default=0)
    bytes = models.PositiveBigIntegerField(_("size"), default=0)
    files = models.PositiveBigIntegerField(_("files"), default=0)
    file_bytes = models.PositiveBigIntegerField(_("size of the files"), default=0)
    verified_at = models.DateTimeField(_("verified at"), null=True)
    problem = models.TextField(_("what is wrong with it"), blank=True)

    objects = BackupQuerySet["Backup"].as_manager()

    class Meta:
        verbose_name = _("backup")
        verbose_name_plural = _("backups")
        ordering = ["-name"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_good(self) -> bool | None:
        """Whether it was restored once and compared; None: not tried yet."""
        return True if self.verified_at else False if self.problem else None
