from datetime import datetime, timedelta

from django.db.models import Q

from services.models import ChatSession

# Said so often at most: a visitor who reads costs a write only now and then.
SAY_AGAIN = timedelta(seconds=10)


def note_visitor(*, session: ChatSession, at: datetime, types: bool | None = None) -> None:
    """Something was heard of the visitor just now; `types`: they type, or have stopped, where that is known."""
    if types is not None:
        ChatSession.objects.filter(pk=session.pk).update(heard_at=at, typing_at=at if types else None)
        return
    ChatSession.objects.filter(Q(heard_at__lt=at - SAY_AGAIN), pk=session.pk).update(heard_at=at)
