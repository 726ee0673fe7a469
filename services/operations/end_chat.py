from datetime import datetime

from services.models import ChatSession
from services.operations.chat_bell import ring_after_commit


def end_chat(*, session: ChatSession, at: datetime) -> ChatSession:
    """The visitor ends the chat. Its ticket stays as it is: whether it is solved is the agent's to say. What is said
    after it goes to them by mail, where they gave an address. A second time changes nothing."""
    if ChatSession.objects.filter(pk=session.pk, ended_at=None).update(ended_at=at, typing_at=None, heard_at=at):
        ring_after_commit(session.key)
    session.refresh_from_db()
    return session
