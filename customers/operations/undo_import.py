from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime
from itertools import islice

from django.db import transaction
from django.utils.translation import gettext as _

from customers.audit.origin import in_bulk
from customers.audit.record import record
from customers.choices import AuditKind, ImportState
from customers.models import ImportBatch, User
from customers.operations.brought import Brought, left_to_restore
from customers.operations.undo_step import Undone, undo_step
from customers.operations.what_was_touched import SHOWN, MovedBack, Touched, touched_rows
from customers.sql.refresh_statistics import refresh_statistics

# Up to so many rows an import is undone in one transaction: nobody ever sees it half done.
AT_ONCE = 5_000

# So many rows are named in a message.
TOLD = 10

# States that an undo may begin in. A failed import has written something, and a failed undo has left something.
UNDOABLE = (ImportState.DONE, ImportState.FAILED)

Tell = Callable[[int, int], None]


class CannotUndo(Exception):
    """The import cannot be undone; the message says why. Nothing was changed."""


class RowsTouched(CannotUndo):
    """Rows of the import were touched since. Nothing was changed. `touched` names the first of them."""

    def __init__(self, touched: list[Touched]) -> None:
        self.touched = touched
        text = _(
            "Rows of this import were touched since, so it cannot be undone as a whole. The first of them: %(rows)s"
        )
        super().__init__(text % {"rows": "; ".join(map(str, touched[:TOLD]))})


def undo_import(
    *, batch: ImportBatch, at: datetime, by: User | None = None, tell: Tell = lambda done, total: None
) -> Undone:
    """Take an import back: rows that it created are deleted, rows that it changed have their old values again.

    A small one goes in one transaction. A large one is looked at first, then taken back in as many transactions as
    it was written in, newest first: an undo that was killed goes on where it was, and a row that somebody touches
    while it is under way stays and is named. Raises CannotUndo, RowsTouched; then nothing was changed."""
    if batch.state != ImportState.UNDOING:
        claim_for_undo(batch=batch)
    brought = Brought(batch)
    is_small = len(brought) <= AT_ONCE
    try:
        with transaction.atomic() if is_small else nullcontext():
            if not has_begun(batch):
                _require_untouched(batch, brought, by)
            done = _take_back(batch, brought, by, at, tell)
            if is_small and done.kept:
                raise RowsTouched(done.kept)
    except RowsTouched:
        give_up_undo(batch=batch)
        raise
    if not is_small:
        refresh_statistics()
    batch.state, batch.finished_at, batch.error = ImportState.UNDONE, at, _told(done.kept)
    batch.save(update_fields=["state", "finished_at", "error"])
    record(AuditKind.DONE, batch, verb="undo-import", removed=done.removed, restored=done.restored, kept=len(done.kept))
    return done


def claim_for_undo(*, batch: ImportBatch) -> None:
    """Mark a batch as being undone, so that nobody else does. Raises CannotUndo."""
    if batch.dry_run:
        raise CannotUndo(_("This was a dry run: it wrote nothing."))
    wrote_something = any(counts.get("created") or counts.get("updated") for counts in batch.counts.values())
    if not batch.steps.exists() and batch.state in UNDOABLE:
        before = _("This import is from before imports could be undone.")
        raise CannotUndo(before if wrote_something else _("This import changed nothing."))
    if not ImportBatch.objects.filter(pk=batch.pk, state__in=UNDOABLE).update(state=ImportState.UNDOING):
        raise CannotUndo(_("Only an import that has ended can be undone, and only once."))
    batch.state = ImportState.UNDOING


def has_begun(batch: ImportBatch) -> bool:
    """Whether an undo has taken something back, so that there is no way but on."""
    newest = batch.steps.order_by("-pk").first()
    return newest is not None and not newest.created and not any(left_to_restore(newest))


def give_up_undo(*, batch: ImportBatch, error: str = "") -> None:
    """Put a batch whose undo did not come to its end back into a state in which it can be undone again."""
    batch.error = error or batch.error
    batch.state = ImportState.FAILED if batch.error else ImportState.DONE
    batch.save(update_fields=["state", "error"])


def _require_untouched(batch: ImportBatch, brought: Brought, by: User | None) -> None:
    touched = list(islice(touched_rows(batch=batch, brought=brought, by=by), SHOWN))
    if touched:
        raise RowsTouched(touched)


def _told(kept: list[Touched]) -> str:
    if not kept:
        return ""
    said = "; ".join(f"{row.model._meta.verbose_name} {row.key}: {row.reason}" for row in kept[:TOLD])
    return _("Touched while the undo was under way, so kept: %(rows)s") % {"rows": said}


def _take_back(batch: ImportBatch, brought: Brought, by: User | None, at: datetime, tell: Tell) -> Undone:
    """Undo the steps, newest first: what refers to a row was written after it, and goes before it."""
    done, moved_back = Undone(), MovedBack(batch)
    steps = list(batch.steps.order_by("-pk").values_list("pk", flat=True))
    for number, pk in enumerate(steps):
        tell(number, len(steps))
        with in_bulk():  # the import's own entries tell of it, with its numbers
            done.add(undo_step(pk=pk, brought=brought, moved_back=moved_back, by=by, at=at))
    tell(len(steps), len(steps))
    return done
