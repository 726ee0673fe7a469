"""What the commands about one person share."""

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from customers.models import Customer


def person_named(key: int) -> Customer:
    """The customer with this key. Raises CommandError; of one who was merged into another it says into whom."""
    customer = Customer.objects.filter(pk=key).first()
    if customer is None:
        raise CommandError(_("There is no customer %(id)s.") % {"id": key})
    if customer.merged_into_id is not None:
        text = _("Customer %(id)s was merged into customer %(kept)s: name that one.")
        raise CommandError(text % {"id": key, "kept": customer.merged_into_id})
    return customer
