import shutil
from datetime import UTC, datetime, timedelta

from customers.choices import ImportState
from customers.models import ImportBatch
from customers.operations.uploads import forget_upload, uploads_folder

# How long files wait for somebody who began an import to go on with it.
KEPT = timedelta(days=7)
NOT_BEGUN = (ImportState.UPLOADED, ImportState.CHECKED)
ENDED = (ImportState.DONE, ImportState.FAILED, ImportState.UNDONE)


def forget_uploads(*, at: datetime) -> int:
    """Delete files that waited too long, with imports that were never begun; returns how many imports lost theirs."""
    waiting = ImportBatch.objects.exclude(folder="").filter(started_at__lte=at - KEPT)
    too_late = list(waiting.filter(state__in=(*NOT_BEGUN, *ENDED)))
    for batch in too_late:
        forget_upload(batch)
        if batch.state in NOT_BEGUN:
            batch.delete()
    known = set(ImportBatch.objects.exclude(folder="").values_list("folder", flat=True))
    for folder in uploads_folder().iterdir():
        is_old = datetime.fromtimestamp(folder.stat().st_mtime, UTC) < at - 2 * KEPT
        if is_old and folder.name not in known:
            shutil.rmtree(folder, ignore_errors=True)
    return len(too_late)
