"""Whether the demo company is here, and whether it may come. Light: each start of the demo asks."""

from django.utils.translation import gettext as _

from customers.choices import ImportState
from customers.models import Customer, ImportBatch

SOURCE = "demo"


class OtherCustomers(Exception):
    """There are customers here that are not the demo's. Nothing was changed."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This database already holds customers, so the demo company is not loaded into it. Use an empty one:"
                " another DATABASE_URL, or another folder in CRM_VAR_DIR."
            )
        )


def is_loaded() -> bool:
    """Whether the demo company is here."""
    return ImportBatch.objects.filter(format=SOURCE, state=ImportState.DONE).exists()


def require_no_other_customers() -> None:
    """Raise OtherCustomers unless the database is without customers."""
    if Customer.objects.exists():
        raise OtherCustomers
