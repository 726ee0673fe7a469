"""The macros and shared views of the demo company's desk, in the languages of its teams."""

from datetime import datetime
from typing import Any

from crm.demo.staff import CHINA
from customers.models import Team, User
from services.choices import MessageKind, Priority, TicketStatus
from services.models import DeskView, Macro, Queue
from services.operations.write_desk_view import write_desk_view
from services.operations.write_macro import write_macro

# name, kind, text, and what becomes of the ticket
Plan = tuple[str, MessageKind, str, dict[str, Any]]

MACROS: tuple[Plan, ...] = (
    (
        "We have it and look into it",
        MessageKind.REPLY,
        "Hello {requester.name},\n\nthank you for your message. I have your request {ticket.number} and look into it "
        "now. You hear from me today.\n\nKind regards\n{agent.name}",
        {"takes_ticket": True, "status_after": TicketStatus.OPEN},
    ),
    (
        "Ask for the serial number",
        MessageKind.REPLY,
        "Hello {requester.name},\n\nto find out what is wrong I need the serial number. It is on the plate at the "
        "back; a photo of it is fine.\n\nKind regards\n{agent.name}",
        {"status_after": TicketStatus.PENDING},
    ),
    (
        "Sorry for the delay",
        MessageKind.REPLY,
        "Hello {requester.name},\n\nyou have waited longer for an answer to “{ticket.subject}” than we promise, and I "
        "am sorry. I have it on my desk now and stay with it until it is solved.\n\nKind regards\n{agent.name}",
        {"takes_ticket": True, "status_after": TicketStatus.OPEN},
    ),
    (
        "Solved: anything else?",
        MessageKind.REPLY,
        "Hello {requester.name},\n\nthis should be done now. If anything is left, just answer this message: it opens "
        "the request {ticket.number} again.\n\nKind regards\n{agent.name}",
        {"status_after": TicketStatus.SOLVED},
    ),
    (
        "Handed to the workshop",
        MessageKind.NOTE,
        "Handed to the workshop by {agent.name}. They call back about {customer.name}; until then we wait.",
        {"status_after": TicketStatus.ON_HOLD},
    ),
    ("Urgent: production stands still", MessageKind.NOTE, "", {"priority": Priority.URGENT, "takes_ticket": True}),
)
CHINESE_MACROS: tuple[Plan, ...] = (
    (
        "已收到，正在处理",
        MessageKind.REPLY,
        "{requester.name}，您好！\n\n您的请求 {ticket.number} 已收到，我正在处理，今天之内给您答复。\n\n{agent.name}",
        {"takes_ticket": True, "status_after": TicketStatus.OPEN},
    ),
    (
        "请提供序列号",
        MessageKind.REPLY,
        "{requester.name}，您好！\n\n为了查明原因，请提供设备的序列号（在背面的铭牌上），拍照发来也可以。\n\n{agent.name}",
        {"status_after": TicketStatus.PENDING},
    ),
    (
        "已解决，还有其他问题吗？",
        MessageKind.REPLY,
        "{requester.name}，您好！\n\n问题应该已经解决。如果还有疑问，直接回复即可，请求 {ticket.number} "
        "会重新打开。\n\n{agent.name}",
        {"status_after": TicketStatus.SOLVED},
    ),
    ("已转维修部", MessageKind.NOTE, "{agent.name} 已转维修部，等待回音。", {"status_after": TicketStatus.ON_HOLD}),
)
VIEWS: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("Urgent and open", {"unsolved": True, "priority": Priority.URGENT.value}, "due"),
    ("Waits for the customer", {"status": TicketStatus.PENDING.value}, "oldest"),
    ("Customer wrote last", {"waiting": True}, "due"),
)


def settle_desk_tools(*, at: datetime) -> None:
    """Make the macros and the shared views, but for those whose name is taken."""
    china = Team.objects.filter(name=CHINA).first()
    for team, plans in ((None, MACROS), (china, CHINESE_MACROS)):
        for position, (name, kind, body, more) in enumerate(plans, start=1):
            if not Macro.objects.filter(name=name).exists():
                values = {"name": name, "kind": kind, "body": body, "team": team, "position": 10 * position, **more}
                write_macro(macro=Macro(), changes=values, by=None, at=at)
    views = [*VIEWS, *_views_of_china()]
    for position, (name, filters, order) in enumerate(views, start=1):
        if not DeskView.objects.filter(name=name, owner=None).exists():
            values = {"name": name, "filters": filters, "ordering": order, "position": 10 * position}
            write_desk_view(view=DeskView(), changes=values, by=None, at=at)
    own = User.objects.filter(username="agent").first()
    if own and not DeskView.objects.filter(owner=own).exists():
        values = {"name": "My high ones", "filters": {"mine": True, "unsolved": True, "priority": 3}, "owner": own}
        write_desk_view(view=DeskView(), changes=values, by=own, at=at)


def _views_of_china() -> list[tuple[str, dict[str, Any], str]]:
    queue = Queue.objects.filter(name="中国维修").first()
    return [("维修：未解决", {"queue": queue.pk, "unsolved": True}, "due")] if queue else []
