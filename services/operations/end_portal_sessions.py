from datetime import datetime

from django.db import transaction
from django.db.models import Q

from customers.audit.record import record
from customers.choices import AuditKind, ContactKind
from customers.models import ContactPoint, Customer, User
from services.models import PortalLogin, PortalSession


@transaction.atomic
def end_portal_sessions(*, customer: Customer, by: User | None, at: datetime) -> int:
    """Log a customer out of the portal everywhere, and have links that were sent to them work no more. Returns how many
    sessions ended."""
    points = ContactPoint.objects.filter(customer=customer, kind=ContactKind.EMAIL)
    indexes = list(points.values_list("blind_index", flat=True))
    theirs = Q(customer=customer) | Q(email_index__in=indexes)
    ended, _each = PortalSession.objects.filter(theirs).delete()
    PortalLogin.objects.filter(theirs, used_at=None, expires_at__gt=at).update(expires_at=at)
    record(AuditKind.DONE, customer, verb="end_portal_sessions", sessions=ended)
    return ended
