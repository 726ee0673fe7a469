"""The fixed vocabularies of this room. Codes are stored; labels are shown and translated."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class TicketStatus(models.TextChoices):
    NEW = "new", _("New")
    OPEN = "open", _("Open")
    PENDING = "pending", _("Pending")  # waits for the customer
    ON_HOLD = "on_hold", _("On hold")  # waits for a third party
    SOLVED = "solved", _("Solved")
    CLOSED = "closed", _("Closed")
    MERGED = "merged", _("Merged")


UNSOLVED = [TicketStatus.NEW, TicketStatus.OPEN, TicketStatus.PENDING, TicketStatus.ON_HOLD]


class Priority(models.IntegerChoices):
    LOW = 1, _("Low")
    NORMAL = 2, _("Normal")
    HIGH = 3, _("High")
    URGENT = 4, _("Urgent")


class Channel(models.TextChoices):
    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Phone")
    WEB = "web", _("Web form")
    PORTAL = "portal", _("Portal")
    CHAT = "chat", _("Chat")
    MESSENGER = "messenger", _("Messenger")
    API = "api", _("API")
    REVIEW = "review", _("Review")
    IN_PERSON = "in_person", _("In person")


class MessageKind(models.TextChoices):
    REPLY = "reply", _("Public reply")
    NOTE = "note", _("Internal note")


class Direction(models.TextChoices):
    INBOUND = "inbound", _("From the customer")
    OUTBOUND = "outbound", _("To the customer")
    INTERNAL = "internal", _("Internal")


class DeliveryStatus(models.TextChoices):
    NONE = "none", _("Not sent by us")
    QUEUED = "queued", _("Waiting to be sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")


class EventKind(models.TextChoices):
    """What can happen to a ticket. The clocks read these and nothing else."""

    OPENED = "opened", _("Opened")
    CUSTOMER_MESSAGE = "customer_message", _("Customer wrote")
    AGENT_REPLY = "agent_reply", _("Agent replied")
    AUTO_REPLY = "auto_reply", _("Automatic reply")
    NOTE = "note", _("Internal note")
    ASSIGNED = "assigned", _("Assigned")
    STATUS = "status", _("Status changed")
    REOPENED = "reopened", _("Reopened")
    PRIORITY = "priority", _("Priority changed")
    QUEUE = "queue", _("Queue changed")
    SERVICE_TYPE = "service_type", _("Service type changed")
    RATED = "rated", _("Rated")
    BREACHED = "breached", _("Target missed")
    WARNED = "warned", _("Target near")
    ESCALATED = "escalated", _("Escalated")
    LINKED = "linked", _("Linked")
    UNLINKED = "unlinked", _("Link removed")
    SPLIT = "split", _("Split")
    MERGED = "merged", _("Merged")
    UNMERGED = "unmerged", _("Merge undone")
    TIME_SPENT = "time_spent", _("Time spent")
    RULE = "rule", _("Rule applied")


# What rules may wait for: all but what rules do themselves.
RULE_EVENTS = [kind for kind in EventKind if kind != EventKind.RULE]


class RatingScale(models.TextChoices):
    CSAT = "csat", _("CSAT, 1 to 5")
    REVIEW = "review", _("Review, 1 to 5")
    NPS = "nps", _("NPS, 0 to 10")
    CES = "ces", _("CES, 1 to 7")


RATING_BOUNDS = {
    RatingScale.CSAT: (1, 5),
    RatingScale.REVIEW: (1, 5),
    RatingScale.NPS: (0, 10),
    RatingScale.CES: (1, 7),
}


class LinkKind(models.TextChoices):
    """What a ticket is to another: it reads from the first to the second."""

    RELATED = "related", _("Related to")
    INCIDENT = "incident", _("Incident of")  # the second is the problem behind it
    FOLLOW_UP = "follow_up", _("Follows up")  # the second was closed
    SPLIT = "split", _("Split off from")


class AssignmentMethod(models.TextChoices):
    """How a rule finds the agent."""

    ROUND_ROBIN = "round_robin", _("In turn")
    LEAST_LOAD = "least_load", _("Least load")
    AGENT = "agent", _("A certain agent")


class SLAClock(models.TextChoices):
    FIRST_REPLY = "first_reply", _("First reply")
    NEXT_REPLY = "next_reply", _("Next reply")
    RESOLUTION = "resolution", _("Resolution")


class EscalationAction(models.TextChoices):
    NOTIFY = "notify", _("Notify")
    REASSIGN = "reassign", _("Reassign")
    RAISE_PRIORITY = "raise_priority", _("Raise the priority")


class NotificationKind(models.TextChoices):
    WARNING = "warning", _("Target near")
    BREACH = "breach", _("Target missed")
    ASSIGNED = "assigned", _("Given to you")
    REPLIED = "replied", _("Customer wrote")
    LOOPING = "looping", _("Mail goes round in a loop")
    UNSENT = "unsent", _("Message not delivered")
    RULE = "rule", _("A rule tells you")
    STOPPED = "stopped", _("Rules stopped")
    CALL = "call", _("Call")
    CHAT = "chat", _("New chat")
    WEBHOOK = "webhook", _("Webhook paused")


class RuleTrigger(models.TextChoices):
    """When a rule is asked."""

    EVENT = "event", _("Something happens")
    TIME = "time", _("Time has passed")


class RuleAnchor(models.TextChoices):
    """From when the time of a rule counts."""

    OPENED = "opened", _("the ticket was opened")
    CUSTOMER_MESSAGE = "customer_message", _("the customer wrote last")
    AGENT_REPLY = "agent_reply", _("our last reply")
    STATUS = "status", _("the status changed last")
    FIRST_REPLY_DUE = "first_reply", _("the first reply is due")
    NEXT_REPLY_DUE = "next_reply", _("the next reply is due")
    RESOLUTION_DUE = "resolution", _("the resolution is due")


class RuleOutcome(models.TextChoices):
    """What came of a firing."""

    DONE = "done", _("Done")
    PARTLY = "partly", _("Done in part")
    FAILED = "failed", _("Failed")
    STOPPED = "stopped", _("Stopped: too many")


class PresenceMode(models.TextChoices):
    VIEWING = "viewing", _("Looking")
    TYPING = "typing", _("Typing")


class TriageTarget(models.TextChoices):
    """What is asked about a new ticket."""

    QUEUE = "queue", _("Queue")
    SERVICE_TYPE = "service_type", _("Service type")
    SIMILAR = "similar", _("Similar tickets")


class MailSecurity(models.TextChoices):
    """How the connection to a mail server is encrypted."""

    TLS = "tls", _("TLS from the start")
    STARTTLS = "starttls", _("STARTTLS")
    NONE = "none", _("None (only within your own network)")


class MailLogin(models.TextChoices):
    """How a mailbox logs in to its servers."""

    PASSWORD = "password", _("Password")
    OAUTH = "oauth", _("OAuth 2.0 (Microsoft 365, Google)")


class FetchMethod(models.TextChoices):
    """How mail comes in."""

    NONE = "none", _("Not fetched")
    IMAP = "imap", _("IMAP")


class MailPurpose(models.TextChoices):
    """What a mail is for."""

    REPLY = "reply", _("Reply")
    ACKNOWLEDGEMENT = "acknowledgement", _("Acknowledgement of a new ticket")
    RATING = "rating", _("Question for a rating")
    MAGIC_LINK = "magic_link", _("Log-in link")
    DIGEST = "digest", _("Digest")
    NOTICE = "notice", _("Notice")
    REPORT = "report", pgettext_lazy("mail", "Report")


class MailOutcome(models.TextChoices):
    """What became of a mail that came in."""

    WAITING = "waiting", _("Waiting")
    MESSAGE = "message", _("Message of a ticket")
    TICKET = "ticket", _("New ticket")
    BOUNCE = "bounce", _("Bounce")
    IGNORED = "ignored", _("Ignored")
    FAILED = "failed", _("Failed")


class CallState(models.TextChoices):
    """How far a call is. It never goes back."""

    RINGING = "ringing", _("Ringing")
    ANSWERED = "answered", _("Answered")
    ENDED = "ended", _("Ended")
    MISSED = "missed", _("Missed")


class AdapterKind(models.TextChoices):
    """What the other side of a messaging channel understands. Codes are those of services.messaging."""

    GENERIC = "generic", _("JSON of our own")
    SLACK = "slack", _("Slack incoming webhook")
    WECOM_TEXT = "wecom_text", _("WeChat Work group robot, text")
    WECOM_MARKDOWN = "wecom_md", _("WeChat Work group robot, Markdown")


class SignatureKind(models.TextChoices):
    """How what comes in by a channel is signed."""

    CANDID = "candid", _("As our webhooks: X-Candid-Signature, t=…,v1=…")
    HUB = "hub", _("As GitHub and Meta do it: X-Hub-Signature-256, sha256=…")


class SubmissionState(models.TextChoices):
    """What became of what came in by a web form."""

    WAITING = "waiting", _("Waiting")
    TICKET = "ticket", _("Became a ticket")
    HELD = "held", _("Held")
    DISCARDED = "discarded", _("Thrown away")


class ArticleState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    ARCHIVED = "archived", _("Archived")


class Audience(models.TextChoices):
    """Who reads an article."""

    PUBLIC = "public", _("Everybody")
    INTERNAL = "internal", _("Colleagues alone")
