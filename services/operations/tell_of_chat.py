from datetime import datetime

from django.db.models import Q

from services.choices import NotificationKind
from services.models import Agent, Ticket
from services.operations.notify import notify

MOST_TOLD = 50


def tell_of_chat(*, ticket: Ticket, at: datetime) -> int:
    """Show a new chat to whoever has its ticket, else to the agents of its team who take tickets now; returns how many
    there are to be told."""
    if ticket.assignee is not None:
        told = [ticket.assignee.user_id]
    else:
        of_team = Q(user__teams=ticket.team_id)
        agents = Agent.objects.select_related("user").filter(of_team, user__is_active=True).order_by("pk")
        told = [agent.user_id for agent in agents if agent.takes_tickets(at)][:MOST_TOLD]
    return notify(user_ids=told, ticket=ticket, kind=NotificationKind.CHAT, key=f"chat:{ticket.pk}", at=at)
