from customers.api.base import Reads, ScopedViewSet
from customers.api.fields import StrictModel
from customers.api.pagination import Pages
from customers.models import Backup


class BackupSerializer(StrictModel):
    """A backup. It is good once it was restored into a new database that had the same contents (`verified_at`);
    `problem` says what was found instead."""

    class Meta:
        model = Backup
        fields = [
            "id",
            "name",
            "taken_at",
            "server",
            "tables",
            "rows",
            "bytes",
            "files",
            "file_bytes",
            "verified_at",
            "problem",
        ]
        read_only_fields = fields


class BackupViewSet(Reads, ScopedViewSet):
    """The backups that there are, the newest first, for monitoring: watch the age of the newest one that is verified.
    What is in them cannot be had here."""

    queryset = Backup.objects.order_by("-name")
    serializer_class = BackupSerializer
    pagination_class = Pages
