from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.audit.origin import in_bulk
from customers.choices import KeyPurpose
from customers.encryption.keyring import current_key, forget_keys
from customers.models import Job
from customers.operations.encrypted_places import places
from customers.operations.job_kinds import Clock, JobFailed, JobKind, Progress
from customers.operations.start_rotation import KIND


def rotate_values(job: Job, progress: Progress, clock: Clock) -> dict[str, Any]:
    """Put the values of one place under the newest data key, a few hundred to a transaction. Finds what is left by
    itself, so that a worker who is killed loses nothing and the next goes on where it was."""
    forget_keys()  # this process may have known an older one as the newest
    number, _key = current_key(KeyPurpose.DATA)
    if number != job.subject_id:
        raise JobFailed(_("There is a newer key by now: its own rotation does this."))
    code = str(job.key).split(":")[3]
    place = places().get(code)
    if place is None:
        raise JobFailed(_("This release does not know the place “%(place)s”.") % {"place": code})
    total = sum(count for key, count in place.by_key().items() if key != number)
    seen, unreadable, after = 0, 0, None
    progress(0, total, code)
    with in_bulk():  # values stay what they are: there is nothing to put on record
        while (step := place.reseal(after=after)).last is not None:
            seen, unreadable, after = seen + step.seen, unreadable + step.unreadable, step.last
            progress(min(seen, total), total, code)
    return {"values": seen, "unreadable": unreadable}


ROTATE_KEYS = JobKind(KIND, gettext_lazy("Rotation of keys"), rotate_values)
