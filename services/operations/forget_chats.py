from datetime import datetime, timedelta

from django.db.models import Q

from services.choices import UNSOLVED
from services.models import ChatSession

KEPT = timedelta(days=30)
NEVER_BEGUN = timedelta(days=1)
AT_ONCE = 500


def forget_chats(*, at: datetime) -> int:
    """Forget visitors of whom nothing was heard for a month and whose ticket is done, and those who never said
    anything after a day, some at a time; returns how many. Their tickets with what was said stay."""
    silent = Q(heard_at__lt=at - KEPT) & ~Q(ticket__status__in=UNSOLVED)
    idle = Q(heard_at__lt=at - NEVER_BEGUN, ticket=None, customer=None)
    old = list(ChatSession.objects.filter(silent | idle).order_by().values_list("pk", flat=True)[:AT_ONCE])
    ChatSession.objects.filter(pk__in=old).delete()
    return len(old)
