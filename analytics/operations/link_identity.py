"""Staff, or a program, say who a user or a device is."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from analytics.choices import IdentityKind, IdentityLink
from analytics.models import EventIdentity
from analytics.operations.link_users import forget_withheld
from customers.audit.record import record
from customers.choices import AuditKind
from customers.models import Customer
from customers.operations.record_activity import record_activity


class LinkRefused(Exception):
    """The identity cannot be linked; the message says why. Nothing was written."""


@transaction.atomic
def link_identity(*, identity: EventIdentity, customer: Customer | None, at: datetime) -> EventIdentity:
    """Say which customer a user or a device is; also of what it did before. A user's devices go with the user, and a
    device that belongs to a user takes the user along. None: it is nobody, and no id or address makes it anybody
    again; a device leaves its user then.

    Raises LinkRefused, CustomerIsMerged."""
    if identity.kind == IdentityKind.NOBODY:
        raise LinkRefused(_("Whoever sent neither user nor device is nobody."))
    touched = {pk for pk in (identity.customer_id, customer.pk if customer else None) if pk is not None}
    record_activity(customer_ids=touched, at=at)
    identity.refresh_from_db(from_queryset=EventIdentity.objects.select_for_update())
    if customer is None:
        _unlink(identity)
    else:
        if customer.erased_at is not None:
            raise LinkRefused(_("This person was erased: nothing is linked to them."))
        _link(identity, customer)
    identity.refresh_from_db()
    record(AuditKind.CHANGED, identity, verb="link", changes={"customer": [None, customer.pk if customer else None]})
    return identity


def _link(identity: EventIdentity, customer: Customer) -> None:
    top = identity.owner_id or identity.pk
    EventIdentity.objects.filter(pk=top).update(customer=customer, link=IdentityLink.STAFF)
    EventIdentity.objects.filter(owner=top).exclude(link=IdentityLink.APART).update(
        customer=customer, link=IdentityLink.OWNER
    )
    group = EventIdentity.objects.filter(customer=customer).filter(pk=top) | EventIdentity.objects.filter(owner=top)
    forget_withheld(list(group.defer("key")))


def _unlink(identity: EventIdentity) -> None:
    alone = {"customer": None, "link": IdentityLink.APART, "owner": None, "root": F("pk")}
    EventIdentity.objects.filter(pk=identity.pk).update(**alone)
    followers = EventIdentity.objects.filter(owner=identity.pk).exclude(link=IdentityLink.APART)
    followers.update(customer=None)
