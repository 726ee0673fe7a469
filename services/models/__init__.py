from services.models.attribute import TicketAttribute
from services.models.desk import Agent, Calendar, Holiday, Queue, ServiceType, Skill, SLAPolicy, SLATarget
from services.models.links import TicketLink, TicketMerge
from services.models.messenger import MessagingChannel, MessengerConversation, MessengerReceipt
from services.models.phone import PhoneCall
from services.models.rating import RatingRequest, SatisfactionRating
from services.models.rules import AssignmentRule, EscalationStep
from services.models.search import TicketWords
from services.models.ticket import IrregularStep, Message, Ticket, TicketEvent
from services.models.work import (
    Attachment,
    DeskView,
    Draft,
    Escalation,
    Macro,
    Notification,
    Presence,
    TimeEntry,
)

__all__ = [
    "Agent",
    "AssignmentRule",
    "Attachment",
    "Calendar",
    "DeskView",
    "Draft",
    "Escalation",
    "EscalationStep",
    "Holiday",
    "IrregularStep",
    "Macro",
    "Message",
    "MessagingChannel",
    "MessengerConversation",
    "MessengerReceipt",
    "Notification",
    "PhoneCall",
    "Presence",
    "Queue",
    "RatingRequest",
    "SLAPolicy",
    "SLATarget",
    "SatisfactionRating",
    "ServiceType",
    "Skill",
    "Ticket",
    "TicketAttribute",
    "TicketEvent",
    "TicketLink",
    "TicketMerge",
    "TicketWords",
    "TimeEntry",
]
