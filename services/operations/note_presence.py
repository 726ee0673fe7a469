from datetime import datetime

from customers.models import User
from services.choices import PresenceMode
from services.models import Presence, Ticket
from services.sql.put import put


def note_presence(*, ticket: Ticket, user: User, mode: PresenceMode, at: datetime) -> None:
    """Somebody has the ticket open, and looks or types. Said anew every few seconds; silence is forgotten."""
    seen = Presence(ticket=ticket, user=user, mode=mode, seen_at=at)
    put(seen, key=("ticket", "user"), columns=("mode", "seen_at"))
