import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from customers.choices import CustomerKind, ExportFormat
from customers.models import Customer, Export, User
from customers.operations.start_export import KEPT
from customers.operations.start_job import start_job

KIND = "person"


class NoPerson(Exception):
    """There is nothing to tell: an organisation, or somebody who was erased. Nothing was written."""


def require_person(customer: Customer) -> None:
    """Raise NoPerson for an organisation and for a tombstone."""
    if customer.kind != CustomerKind.PERSON:
        raise NoPerson(
            _(
                "An organisation is no person: ask it of its contacts, one by one. If this one stands for a person (a "
                "sole trader, say), change its kind first."
            )
        )
    if customer.erased_at is not None:
        raise NoPerson(_("This person was erased: nothing is known of them any more."))


@transaction.atomic
def start_person_export(*, customer: Customer, by: User, at: datetime) -> Export:
    """Have a worker write everything known of a person into one archive, which `by` alone may fetch for some days (GDPR
    art. 15 and 20, PIPL art. 45). Raises NoPerson."""
    require_person(customer)
    export = Export.objects.create(
        model=Customer._meta.label,
        format=ExportFormat.ZIP,
        file=f"{secrets.token_urlsafe(24)}.zip",
        person=customer,
        owner=by,
        created_at=at,
        expires_at=at + KEPT,
    )
    export.job = start_job(kind=KIND, subject_id=export.pk, by=by, at=at)
    export.save(update_fields=["job"])
    return export
