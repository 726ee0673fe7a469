from services.models.desk import Agent, Calendar, Holiday, Queue, ServiceType, SLAPolicy, SLATarget
from services.models.rating import SatisfactionRating
from services.models.ticket import Message, Ticket, TicketEvent

__all__ = [
    "Agent",
    "Calendar",
    "Holiday",
    "Message",
    "Queue",
    "SLAPolicy",
    "SLATarget",
    "SatisfactionRating",
    "ServiceType",
    "Ticket",
    "TicketEvent",
]
