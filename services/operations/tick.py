"""What has to happen every few seconds in this room."""

import logging
from collections.abc import Callable
from datetime import datetime

from services.operations.ask_rules import ask_rules
from services.operations.ask_rules_on_time import ask_rules_on_time
from services.operations.assign_waiting import assign_waiting
from services.operations.close_solved_tickets import close_solved_tickets
from services.operations.escalate import escalate
from services.operations.file_waiting_mails import file_waiting_mails
from services.operations.file_waiting_submissions import file_waiting_submissions
from services.operations.forget_attachments import forget_attachments
from services.operations.forget_calls import forget_calls
from services.operations.forget_chats import forget_chats
from services.operations.forget_enclosures import forget_enclosures
from services.operations.forget_orphans import forget_orphans
from services.operations.forget_presence import forget_silent
from services.operations.learn_triage import plan_triage
from services.operations.mail_unseen_chat import mail_unseen_chat
from services.operations.portal_session import forget_portal
from services.operations.record_breaches import record_breaches

logger = logging.getLogger(__name__)

Step = Callable[..., object]

STEPS: tuple[Step, ...] = (
    close_solved_tickets,
    record_breaches,
    escalate,
    ask_rules_on_time,
    ask_rules,
    assign_waiting,
    forget_silent,
    forget_attachments,
    forget_calls,
    forget_enclosures,
    forget_orphans,
    plan_triage,
    file_waiting_mails,
    file_waiting_submissions,
    forget_portal,
    mail_unseen_chat,
    forget_chats,
)
"""Each is called with the moment, and may be lost, doubled or run twice at once."""


def tick(*, at: datetime, steps: tuple[Step, ...] | None = None) -> None:
    """Do every step. One that fails is logged, without what it says, and keeps none of the others from being done."""
    for step in STEPS if steps is None else steps:
        try:
            step(at=at)
        except Exception as error:
            logger.error("%s failed: %s", getattr(step, "__name__", step), type(error).__name__)
