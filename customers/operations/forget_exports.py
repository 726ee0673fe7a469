from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from customers.models import Export
from customers.operations.start_export import KEPT


def exports_folder() -> Path:
    """Where exported files wait for their owners; nobody else reads there."""
    folder = Path(settings.VAR_DIR) / "exports"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def export_file(export: Export) -> Path | None:
    """The file of an export, once it is written; None before, and after it is gone."""
    path = exports_folder() / export.file
    return path if export.rows is not None and export.file and path.is_file() else None


def forget_exports(*, at: datetime) -> int:
    """Delete exports whose time is over, with their files, and files that nobody knows of; returns how many exports."""
    expired = list(Export.objects.filter(expires_at__lte=at))
    for export in expired:
        (exports_folder() / export.file).unlink(missing_ok=True)
        export.delete()
    for path in exports_folder().iterdir():
        if datetime.fromtimestamp(path.stat().st_mtime, UTC) < at - 2 * KEPT:
            path.unlink(missing_ok=True)
    return len(expired)
