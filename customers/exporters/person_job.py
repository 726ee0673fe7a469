"""The export of a person as a job."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.encryption.files import size_of
from customers.exporters.job import forget_files
from customers.exporters.person_archive import write_person
from customers.exporters.write_export import log_person_export
from customers.models import Customer, Export, Job
from customers.operations.forget_exports import exports_folder, new_export_file
from customers.operations.job_kinds import Clock, JobFailed, JobKind, Progress
from customers.operations.start_person_export import KIND, NoPerson, require_person

MAY = "customers.add_personexport"


def _run(job: Job, progress: Progress, clock: Clock) -> dict[str, Any]:
    export = Export.objects.select_related("owner", "person").filter(pk=job.subject_id or 0).first()
    if export is None or export.person is None:
        raise JobFailed(_("The export is not on record any more."))
    _require_allowed(export, export.person)
    path = exports_folder() / export.file
    # Each attempt writes a file of its own, so that a worker who was thought dead spoils nothing.
    draft = path.with_name(f"{path.name}.{job.token.hex}")
    try:
        with new_export_file(export, draft) as file:
            found = write_person(file, customer=export.person, at=clock(), tell=progress)
        job.write_if_mine(done=found["rows"], total=found["rows"])  # raises where another worker took over
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    export.rows, export.size = found["rows"], size_of(path)
    export.save(update_fields=["rows", "size"])
    log_person_export(customer=export.person, rows=found["rows"])
    return {**found, "size": export.size}


def _require_allowed(export: Export, person: Customer) -> None:
    """Whoever asked must still be allowed to, and the person must still be one."""
    owner = export.owner
    if not (owner.has_perm(MAY) and Customer.objects.visible_to(owner).filter(pk=person.pk).exists()):
        raise JobFailed(_("You may not see this customer."))
    try:
        require_person(person)
    except NoPerson as refused:
        raise JobFailed(str(refused)) from refused


def _ended_badly(job: Job, at: datetime) -> None:
    forget_files(job)


PERSON_EXPORT = JobKind(KIND, gettext_lazy("Export of a person"), _run, _ended_badly)
