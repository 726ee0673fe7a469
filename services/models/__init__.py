from services.models.article import ArticleText, ArticleVote, KnowledgeArticle
from services.models.attribute import TicketAttribute
from services.models.chat import ChatLine, ChatSession, ChatWidget
from services.models.desk import Agent, Calendar, Holiday, Queue, ServiceType, Skill, SLAPolicy, SLATarget
from services.models.enclosure import Enclosure
from services.models.firing import RuleFiring, WaitingEvent
from services.models.links import TicketLink, TicketMerge
from services.models.mail import Mailbox, MailId, MailTemplate, OutboundMail
from services.models.mail_in import InboundMail, MessageMail
from services.models.messenger import MessagingChannel, MessengerConversation, MessengerReceipt
from services.models.phone import PhoneCall
from services.models.portal import PortalLogin, PortalReceipt, PortalSession
from services.models.rating import RatingRequest, SatisfactionRating
from services.models.rule import Rule
from services.models.rules import AssignmentRule, EscalationStep
from services.models.search import TicketWords
from services.models.ticket import IrregularStep, Message, Ticket, TicketEvent
from services.models.triage import TriageModel
from services.models.web_form import WebForm, WebFormFile, WebFormSubmission
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
    "ArticleText",
    "ArticleVote",
    "AssignmentRule",
    "Attachment",
    "Calendar",
    "ChatLine",
    "ChatSession",
    "ChatWidget",
    "DeskView",
    "Draft",
    "Enclosure",
    "Escalation",
    "EscalationStep",
    "Holiday",
    "InboundMail",
    "IrregularStep",
    "KnowledgeArticle",
    "Macro",
    "MailId",
    "MailTemplate",
    "Mailbox",
    "Message",
    "MessageMail",
    "MessagingChannel",
    "MessengerConversation",
    "MessengerReceipt",
    "Notification",
    "OutboundMail",
    "PhoneCall",
    "PortalLogin",
    "PortalReceipt",
    "PortalSession",
    "Presence",
    "Queue",
    "RatingRequest",
    "Rule",
    "RuleFiring",
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
    "TriageModel",
    "WaitingEvent",
    "WebForm",
    "WebFormFile",
    "WebFormSubmission",
]
