from datetime import datetime, timedelta

from services.models import PhoneCall

KEPT = timedelta(days=30)
AT_ONCE = 500


def forget_calls(*, at: datetime) -> int:
    """Delete what the telephone said of calls a month ago, some at a time; returns how many. The interactions of the
    customers stay; numbers of people whom nobody knows go."""
    old = list(PhoneCall.objects.filter(began_at__lt=at - KEPT).values_list("pk", flat=True)[:AT_ONCE])
    PhoneCall.objects.filter(pk__in=old).delete()
    return len(old)
